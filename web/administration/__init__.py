"""The administrator's pages: people, departments, calendar, deadlines, catalogue, jobs, audit."""
