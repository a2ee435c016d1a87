"""The controller's store in one SQLite file. The only importer of sqlite_utils in the cloud."""
