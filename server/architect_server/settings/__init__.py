"""Settings of editors, projects and the command line, resolved for each place."""

from architect_server.settings.by_place import SettingsByPlace
from architect_server.settings.files import project_layer
from architect_server.settings.resolved import Layer, Settings, Surfaces, resolve
from architect_server.settings.table import SETTINGS, Kind, Setting

__all__ = [
    "SETTINGS",
    "Kind",
    "Layer",
    "Setting",
    "Settings",
    "SettingsByPlace",
    "Surfaces",
    "project_layer",
    "resolve",
]
