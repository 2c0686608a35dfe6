/* JupyterLab's side of the parameter panel (helpers/explore/panel.js), written by hand: no build, no Node.
   The panel sends events to the window; this puts it above its notebook, runs the cells below, and clears what
   other parameters made. JupyterLab loads it from share/jupyter/labextensions/quarterdeck. */
(() => {
  const ENDS = ["restarting", "autorestarting", "terminating", "dead"]; // a kernel takes its panel along
  let scope;

  /* A module that JupyterLab shares with its extensions. */
  const shared = async name => (await Object.values(scope[name])[0].get())();

  const connected = async node => {
    for (let tries = 0; !node.isConnected && tries < 600; tries++) await new Promise(requestAnimationFrame);
    return node.isConnected;
  };

  const activate = (tracker, { NotebookActions }, { Widget }) => {
    const places = new Map(); // form -> { notebook, cell, header }

    const below = ({ notebook, cell }) => {
      const cells = notebook.content.widgets;
      return cells.slice(cells.indexOf(cell) + 1);
    };

    const remove = form => {
      places.get(form)?.header.dispose();
      places.delete(form);
    };

    const place = async ({ form, el, placed }) => {
      if (!(await connected(el))) return;
      const notebook = tracker.find(one => one.node.contains(el));
      const cell = notebook?.content.widgets.find(one => one.node.contains(el));
      if (!cell) return; // another view of the output: the panel stays where it is
      for (const [other, { notebook: its }] of places) if (its === notebook) remove(other);
      const header = new Widget();
      header.node.append(form);
      notebook.contentHeader.addWidget(header);
      new ResizeObserver(() => {
        header.node.style.minHeight = `${form.offsetHeight}px`;
        header.parent?.fit();
      }).observe(form);
      places.set(form, { notebook, cell, header });
      placed();
      cell.disposed.connect(() => remove(form));
      notebook.sessionContext.statusChanged.connect((_, status) => {
        if (ENDS.includes(status)) remove(form);
      });
    };

    const run = ({ form }) => {
      const place = places.get(form);
      if (place) NotebookActions.runCells(place.notebook.content, below(place), place.notebook.sessionContext);
    };

    const clear = ({ form }) => {
      for (const { model } of places.has(form) ? below(places.get(form)) : []) {
        if (model.type === "code" && model.executionState !== "running") model.clearExecution();
      }
    };

    for (const [name, act] of Object.entries({ place, run, clear })) {
      window.addEventListener(`quarterdeck:${name}`, event => act(event.detail));
    }
  };

  const extension = async () => {
    const [notebook, widgets] = await Promise.all(["@jupyterlab/notebook", "@lumino/widgets"].map(shared));
    const plugin = {
      id: "quarterdeck:panel",
      description: "Puts the parameter panel above its notebook and runs the cells below it.",
      autoStart: true,
      requires: [notebook.INotebookTracker],
      activate: (_app, tracker) => activate(tracker, notebook, widgets),
    };
    return () => ({ __esModule: true, default: plugin });
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB.quarterdeck = { init: given => { scope = given; }, get: extension };
})();
