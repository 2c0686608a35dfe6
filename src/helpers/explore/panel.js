/* The parameter panel of a notebook. The kernel judges every value; this only asks and shows.
   In JupyterLab an extension (labextension/) moves the form above the notebook and runs the cells below;
   elsewhere the form stays in the cell and says which cells to run. The form lives as long as the widget, not as
   its view: it stays above the notebook while its cell is cleared or waits. */

const make = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

const option = ([value, label], named) => make("option", { value, label: label ?? value, selected: value === named }, label ?? value);

const select = ({ choices, groups }, id) => {
  const node = make("select", { id });
  node.show = value => {
    const held = groups ? groups.flatMap(group => group.options) : choices;
    const extra = held.some(([one]) => one === value) ? [] : [option([value], value)];
    const listed = groups
      ? groups.map(group => make("optgroup", { label: group.label }, ...group.options.map(one => option(one, value))))
      : choices.map(one => option(one, value));
    node.replaceChildren(...extra, ...listed);
    node.value = value;
  };
  node.text = () => node.value;
  return [node, node];
};

const range = ({ low, high, step }, id) => {
  const number = make("input", { id, type: "number", min: low, max: high, step: "any" });
  const slider = make("input", { type: "range", min: low, max: high, step, tabIndex: -1, ariaHidden: "true" });
  slider.addEventListener("input", () => { number.value = slider.value; });
  number.addEventListener("input", () => { slider.value = number.value; });
  number.show = value => { number.value = slider.value = value; };
  number.text = () => number.value;
  return [number, make("span", { className: "range" }, slider, number)];
};

const truth = (_control, id) => {
  const node = make("input", { id, type: "checkbox" });
  node.show = value => { node.checked = value.toLowerCase() === "true"; };
  node.text = () => String(node.checked);
  return [node, node];
};

const typed = type => (_control, id) => {
  const node = make("input", { id, type, autocomplete: "off", spellcheck: false });
  node.show = value => { node.value = value; };
  node.text = () => node.value;
  return [node, node];
};

const KINDS = { choice: select, period: select, range, truth, day: typed("date"), text: typed("text") };
let count = 0;

/* The controls of a panel: name -> { input, wrong }, and their rows. */
const laid_out = controls => {
  const prefix = `qd-panel-${(count += 1)}`;
  const inputs = {};
  const rows = controls.map(control => {
    const id = `${prefix}-${control.name}`;
    const [input, shown] = KINDS[control.kind](control, id);
    const wrong = make("span", { id: `${id}-wrong`, className: "wrong", hidden: true });
    const help = make("span", { id: `${id}-help`, className: "vh" }, control.help);
    input.setAttribute("aria-describedby", `${help.id} ${wrong.id}`);
    inputs[control.name] = { input, wrong };
    const label = make("label", { htmlFor: id }, control.label);
    return make("div", { className: "control", title: control.help }, label, shown, help, wrong);
  });
  return [inputs, rows];
};

const panel = model => {
  const [inputs, rows] = laid_out(model.get("controls"));
  const run = make("button", { type: "submit", className: "run" }, "Use these values");
  const keep = make("button", { type: "button", hidden: !model.get("report") }, "Save as edition");
  const draft = make("button", { type: "button", className: "first" }, "Make a draft");
  const compare = make("button", { type: "button", hidden: !model.get("report") }, "Compare");
  const publish = make("button", { type: "button", hidden: !model.get("report"), disabled: true, title: "Make a draft and look at it first" }, "Publish");
  const stop = make("button", { type: "button", hidden: true }, "Stop");
  const link = make("button", { type: "button", className: "link", hidden: true }, "Show the page");
  const table = make("div", { className: "table", hidden: true });
  const said = make("p", { className: "said" });
  said.setAttribute("role", "status");
  const form = make("form", { className: "qd qd-panel", noValidate: true }, ...rows, make("div", { className: "buttons" }, run, keep, draft, compare, publish, stop), make("div", { className: "told" }, said, link), table);
  form.setAttribute("aria-label", "Parameters of this notebook");
  let inLab = false;

  const tell = (name, more) => window.dispatchEvent(new CustomEvent(`quarterdeck:${name}`, { detail: { form, ...more } }));
  const texts = () => Object.fromEntries(Object.entries(inputs).map(([name, { input }]) => [name, input.text()]));
  const ask = what => model.send({ ask: what, texts: texts() });
  const say = (text, bad = false) => {
    said.textContent = text;
    said.classList.toggle("bad", bad);
  };
  const mark = problems => {
    for (const [name, { input, wrong }] of Object.entries(inputs)) {
      const problem = problems[name] ?? "";
      input.setAttribute("aria-invalid", String(Boolean(problem)));
      wrong.textContent = problem;
      wrong.hidden = !problem;
    }
    run.disabled = keep.disabled = Object.keys(problems).length > 0;
  };
  const changed = () => Object.entries(texts()).some(([name, text]) => text !== model.get("values")[name]);
  let shown = {};
  const busy = state => {
    for (const button of [draft, compare]) button.disabled = state;
    stop.hidden = !state;
    form.setAttribute("aria-busy", String(state));
  };
  const forget = () => { // a draft is of the values that it was made with
    publish.disabled = true;
    link.hidden = table.hidden = true;
  };
  const stand = ({ page, title, table: differences, made }) => {
    shown = { page, title };
    link.hidden = !page || !inLab;
    table.innerHTML = differences;
    table.hidden = !differences;
    publish.disabled = !made;
  };
  const errand = message => {
    const { said: text, busy: state, bad, page, table: differences } = message;
    busy(state);
    say(text, bad);
    if (state || bad) return;
    stand(message);
    if (page && !inLab) say(`${text} ${page}`);
    if (!differences && page) tell("show", shown);
  };
  const send_out = what => {
    forget();
    busy(true);
    if (inLab) tell("save", { done: () => ask(what) });
    else ask(what);
  };
  const show = () => {
    for (const [name, text] of Object.entries(model.get("values"))) inputs[name].input.show(text);
    mark({});
    say(model.get("refused"), true);
  };

  model.on("msg:custom", message => {
    const { answer, problems, said: text } = message;
    mark(problems);
    if (answer === "errand") return errand(message);
    const right = Object.keys(problems).length === 0;
    if (!right) busy(false);
    if (answer === "check") forget();
    if (answer === "check") say(right && changed() ? "Chosen, not run yet." : "");
    if (answer === "save") say(text);
    if (answer === "run" && right) {
      say(inLab ? text : `${text || "These values hold now."} Run the cells below this one, from the next on.`);
      tell("run");
    }
  });
  model.on("change:values change:refused", () => {
    show();
    tell("clear");
  });
  form.addEventListener("change", () => ask("check"));
  form.addEventListener("keydown", event => event.stopPropagation());
  form.addEventListener("submit", event => {
    event.preventDefault();
    ask("run");
  });
  keep.addEventListener("click", () => ask("save"));
  draft.addEventListener("click", () => send_out("draft"));
  compare.addEventListener("click", () => send_out("compare"));
  publish.addEventListener("click", () => send_out("publish"));
  stop.addEventListener("click", () => ask("stop"));
  link.addEventListener("click", () => tell("show", shown));
  show();
  if (model.get("drafted").made) stand(model.get("drafted")); // the cell of the panel ran again

  return el => {
    const placed = () => {
      inLab = true;
      link.hidden = publish.disabled || !shown.page;
      run.textContent = "Run the cells below";
      el.replaceChildren(make("p", { className: "note" }, "The parameters can be chosen above the notebook."));
    };
    el.classList.add("qd");
    el.append(form);
    tell("place", { el, placed });
  };
};

export default () => {
  let into;
  return {
    initialize: ({ model }) => { into = panel(model); },
    render: ({ el }) => into(el),
  };
};
