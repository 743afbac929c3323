"""Pages of the company: dashboard, products, procedures, questionnaires, results."""
