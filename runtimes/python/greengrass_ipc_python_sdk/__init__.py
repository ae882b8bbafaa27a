"""Core-provided module that official Greengrass SDKs import: the client of the core's local API."""
