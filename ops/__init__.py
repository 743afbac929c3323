"""The face for operators: commands and the timetable."""
