/* JupyterLab's side of the parameter panel (helpers/explore/panel.js), written by hand: no build, no Node.
   The panel sends events to the window; this puts it above its notebook, runs the cells below, clears what
   other parameters made, saves the notebook and shows the page of a draft. JupyterLab loads it from share/jupyter/labextensions/quarterdeck. */
(() => {
  const ENDS = ["restarting", "autorestarting", "terminating", "dead"]; // a kernel takes its panel along
  let scope;

  /* A module that JupyterLab shares with its extensions. */
  const shared = async name => (await Object.values(scope[name])[0].get())();

  const connected = async node => {
    for (let tries = 0; !node.isConnected && tries < 600; tries++) await new Promise(requestAnimationFrame);
    return node.isConnected;
  };

  const activate = ({ shell, serviceManager }, tracker, { NotebookActions }, { Widget }) => {
    const pages = new Map(); // path -> the tab that shows it
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

    const save = async ({ form, done }) => {
      await places.get(form)?.notebook.context.save();
      done();
    };

    /* The page beside its notebook, with its scripts, in a sandbox that Jupyter's server puts it in. */
    const show = ({ form, page, title }) => {
      const notebook = places.get(form)?.notebook;
      if (!notebook) return;
      const base = new URL(serviceManager.serverSettings.baseUrl, location.href);
      const folder = new URL(`files/${notebook.context.path.split("/").slice(0, -1).map(encodeURIComponent).join("/")}/`, base);
      const address = new URL(page.split("/").map(encodeURIComponent).join("/"), folder);
      address.searchParams.set("at", Date.now()); // never the page of before
      let tab = pages.get(address.pathname);
      if (!tab || tab.isDisposed) {
        tab = new Widget();
        tab.id = `quarterdeck-page-${pages.size}`;
        tab.addClass("quarterdeck-page");
        tab.title.closable = true;
        tab.node.append(Object.assign(document.createElement("iframe"), { title, style: "width:100%;height:100%;border:0" }));
        pages.set(address.pathname, tab);
        shell.add(tab, "main", { mode: "split-right", ref: notebook.id });
      }
      tab.title.label = title.split("/").at(-1);
      tab.title.caption = title;
      tab.node.firstChild.src = address.href;
      shell.activateById(tab.id);
    };

    for (const [name, act] of Object.entries({ place, run, clear, save, show })) {
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
      activate: (app, tracker) => activate(app, tracker, notebook, widgets),
    };
    return () => ({ __esModule: true, default: plugin });
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB.quarterdeck = { init: given => { scope = given; }, get: extension };
})();
