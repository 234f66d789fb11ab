"""The models behind the Model protocol: Claude over the network, and a scripted one for tests."""
