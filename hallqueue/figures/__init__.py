"""What a report may say: each figure by one definition (docs/figures.md), folded a day at a time and added up."""
