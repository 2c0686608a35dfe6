"""The workbench: JupyterLab as analysts start it, notebooks saved clean, a report from a first look.

`jupyter` writes what JupyterLab is started with, `start_page` what it opens first, `reading_copies` what that
leads to; `saving` is what it calls when a notebook is saved, `warming` when it starts. `new_report` writes
the files of a report, `new_project` those of a project, `promotion` makes functions of the cells of a free
notebook.
"""
