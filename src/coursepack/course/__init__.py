"""What a course is: its model, the numbers of its resume state, what goes into one package, and its look."""
