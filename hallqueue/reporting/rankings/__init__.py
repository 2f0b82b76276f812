"""Rankings (晒成绩、比先进): windows, departments, services, people and teams beside the same kinds of service."""
