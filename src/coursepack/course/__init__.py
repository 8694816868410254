"""The course: its model, the slots of its resume state, the content of a package, and its theme."""
