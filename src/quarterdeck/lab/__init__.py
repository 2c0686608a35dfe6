"""The workbench: JupyterLab as analysts start it, notebooks saved clean, a report from a first look.

`jupyter` writes what JupyterLab is started with, `saving` is what it calls when a notebook is saved.
"""
