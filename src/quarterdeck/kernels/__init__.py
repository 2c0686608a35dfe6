"""Warm kernels: a parent that has imported the analysis stack once and forks ready kernels.

`forkserver` is the program of that parent, `pool` starts it and asks it for kernels, `provisioner` offers
both to jupyter_client, so that papermill, nbclient and JupyterLab use them unchanged. `manager` starts the
kernel of a run; `processes` knows what kernels cost, and ends them.
"""

PROVISIONER = "quarterdeck-warm"
"""Name of the provisioner's entry point, for `JUPYTER_DEFAULT_PROVISIONER_NAME` and kernelspecs."""

KERNEL = "quarterdeck"
"""Name of the kernelspec (`kernel.json` here) by which papermill and others can ask for a warm kernel."""
