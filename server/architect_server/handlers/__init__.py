"""One small file per area of the protocol: translate, delegate, publish."""
