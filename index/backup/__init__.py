"""Backups of a storage folder: written while a bot answers and builds go on, and put back whole or not at all."""

from index.backup.manifest import Backup as Backup
from index.backup.restoring import restore as restore
from index.backup.writing import back_up as back_up
