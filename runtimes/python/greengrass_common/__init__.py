"""Core-provided module that official Greengrass SDKs import."""
