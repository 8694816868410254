"""The release set: what is handed over beside the packages."""
