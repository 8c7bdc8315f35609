"""How updates come, by polling or by a webhook, so that none is lost and none handled twice."""
