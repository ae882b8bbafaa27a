"""The stream manager's client is not part of this SDK yet. Importing it says so at once, not at the first message."""
raise ImportError('Stream manager is not available yet: this greengrasssdk has no stream manager client.')
