"""Who is there: people, companies, the seat each person holds, and the rights of each role."""
