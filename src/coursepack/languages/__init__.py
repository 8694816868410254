"""What the command line and reports say in other languages than English."""
