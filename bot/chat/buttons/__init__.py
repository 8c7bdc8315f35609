"""What stands under an answer, and what becomes of a press or a reaction."""
