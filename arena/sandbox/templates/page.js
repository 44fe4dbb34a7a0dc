"use strict";
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const byId = (id) => document.getElementById(id);
  const statement = byId("statement");
  const entityOf = new Map(facts.objects.map((each) => [each.prefix, each.name]));
  const PAGE = 200;
  const SHORT = 40;
  const EXAMPLES = [
    ["Count by status", "SELECT Status, COUNT(Id) cases\nFROM Case\nGROUP BY Status\nORDER BY COUNT(Id) DESC"],
    ["Parents and children", "SELECT Name, ShippingState,\n  (SELECT CaseNumber, Subject, Owner.Name FROM Cases),\n  (SELECT OrderNumber, TotalAmount FROM Orders)\nFROM Account\nLIMIT 20"],
    ["Full text", "FIND {help AND order}\nRETURNING Case(CaseNumber, Subject LIMIT 20),\n  EmailMessage(Subject, FromAddress LIMIT 20)"],
  ];

  // Whatever comes from the org is put in as text, never as markup.
  function make(tag, { className, text, title, click } = {}, ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    if (title) made.title = title;
    if (click) {
      made.type = "button";
      made.addEventListener("click", click);
    }
    made.append(...children);
    return made;
  }

  const count = (number, word) => `${number.toLocaleString("en-US")} ${word}${number === 1 ? "" : "s"}`;

  class Refused extends Error {}

  async function ask(path, signal) {
    const token = byId("token") ? byId("token").value : facts.token;
    const answer = await fetch(path, {
      signal,
      headers: { Authorization: `Bearer ${token}`, "Sforce-Query-Options": `batchSize=${PAGE}` },
    });
    const content = await answer.json();
    if (!answer.ok) {
      throw new Refused(content.map((each) => `${each.errorCode}\n${each.message.replace(/^\n/, "")}`).join("\n\n"));
    }
    return content;
  }

  // A record as [column, value] pairs: parents with dots, children as they are.
  function flat(record, prefix = "") {
    return Object.entries(record).flatMap(([name, value]) => {
      if (name === "attributes") return [];
      const column = prefix + name;
      return value && value.attributes ? flat(value, `${column}.`) : [[column, value]];
    });
  }

  function table(records) {
    const rows = records.map((record) => new Map(flat(record)));
    let columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
    // A parent that one record lacks has no column of its own where others have its fields.
    columns = columns.filter((name) => !columns.some((other) => other.startsWith(`${name}.`)));
    const head = make("tr", {}, ...columns.map((name) => make("th", { text: name })));
    const body = rows.map((row) => make("tr", {}, ...columns.map((name) => cell(row.get(name)))));
    return make("div", { className: "grid" },
      make("table", {}, make("thead", {}, head), make("tbody", {}, ...body)));
  }

  function cell(value) {
    if (value === null || value === undefined) return make("td", { className: "nothing", text: "null" });
    if (typeof value === "number") return make("td", { className: "number", text: String(value) });
    if (value.records) {
      return make("td", {}, make("details", {},
        make("summary", { text: count(value.totalSize, "record") }), table(value.records)));
    }
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    const entity = /^[0-9A-Za-z]{18}$/.test(text) && entityOf.get(text.slice(0, 3));
    if (entity) {
      const soql = `SELECT FIELDS(ALL)\nFROM ${entity}\nWHERE Id = '${text}'\nLIMIT 1`;
      const show = () => { statement.value = soql; run(); };
      return make("td", {}, make("button", { className: "link", text, title: entity, click: show }));
    }
    const short = text.length <= SHORT && !text.includes("\n");
    const shown = make("span", { className: "value", text });
    shown.dir = "auto";
    return make("td", { className: short ? "short" : "" }, shown);
  }

  let running = null;
  let pages = [];
  let place = 0;

  async function attempt(work) {
    if (running) running.abort();
    const mine = (running = new AbortController());
    byId("fault").hidden = true;
    byId("status").textContent = "Running...";
    const started = performance.now();
    try {
      const said = await work(mine.signal);
      const took = Math.round(performance.now() - started);
      byId("status").textContent = `${said} in ${took.toLocaleString("en-US")} ms`;
    } catch (error) {
      if (error.name === "AbortError") return;
      clear();
      byId("status").textContent = "";
      showFault(error);
    }
    document.body.dataset.state = "done";
  }

  function showFault(error) {
    const said = error instanceof Refused ? error.message : `The sandbox does not answer (${error.message})`;
    byId("fault").replaceChildren(...said.split("\n").map((text) => make("div", { text })));
    byId("fault").hidden = false;
  }

  function clear() {
    byId("result").replaceChildren();
    byId("pages").hidden = true;
  }

  function run() {
    const text = statement.value;
    const address = new URL(location.href);
    address.search = new URLSearchParams({ q: text }).toString();
    history.replaceState(null, "", address);
    delete document.body.dataset.state;
    const searches = /^\s*FIND\b/i.test(text);
    const path = `${facts.services}/${searches ? "search" : "query"}?q=${encodeURIComponent(text)}`;
    return attempt(async (signal) => {
      const content = await ask(path, signal);
      return searches ? showFound(content.searchRecords) : showFirst(content);
    });
  }

  function showFound(records) {
    clear();
    const kinds = new Map();
    for (const record of records) {
      const kind = record.attributes.type;
      kinds.set(kind, [...(kinds.get(kind) || []), record]);
    }
    for (const [kind, found] of kinds) {
      const grid = table(found);
      grid.prepend(make("h3", { text: `${kind}: ${count(found.length, "record")}` }));
      byId("result").append(grid);
    }
    return count(records.length, "record");
  }

  function showFirst(content) {
    pages = [content];
    show(0);
    return count(content.totalSize, "record");
  }

  function show(number) {
    place = number;
    const { records, totalSize, nextRecordsUrl } = pages[place];
    clear();
    if (records.length) byId("result").append(table(records));
    if (pages.length > 1 || nextRecordsUrl) {
      const first = place * PAGE + 1;
      byId("pages").hidden = false;
      byId("previous").disabled = place === 0;
      byId("next").disabled = !nextRecordsUrl;
      byId("place").textContent = `${first.toLocaleString("en-US")} to ${(first + records.length - 1).toLocaleString("en-US")} of ${totalSize.toLocaleString("en-US")}`;
    }
  }

  function next() {
    if (place + 1 < pages.length) return show(place + 1);
    const { nextRecordsUrl, totalSize } = pages[place];
    return attempt(async (signal) => {
      pages.push(await ask(nextRecordsUrl, signal));
      show(place + 1);
      return count(totalSize, "record");
    });
  }

  function insert(text) {
    const { selectionStart: from, selectionEnd: to, value } = statement;
    const before = value.slice(0, from);
    const joined = /[\w)]\s*$/.test(before) ? ", " : "";
    const kept = joined ? before.trimEnd() : before;
    statement.value = kept + joined + text + value.slice(to);
    statement.focus();
    statement.selectionStart = statement.selectionEnd = (kept + joined + text).length;
  }

  async function describe(details) {
    const name = details.dataset.object;
    const content = await ask(`${facts.services}/sobjects/${name}/describe`);
    const usual = content.fields.filter((each) => each.nameField || each.type === "picklist" || each.type === "datetime");
    const chosen = ["Id", ...new Set(usual.map((each) => each.name))].slice(0, 7);
    const start = () => {
      statement.value = `SELECT ${chosen.join(", ")}\nFROM ${name}\nLIMIT 100`;
      run();
    };
    const fields = content.fields.map((field) => {
      const [parent] = field.referenceTo;
      const kind = parent ? `\u2192 ${parent}` : field.type;
      const values = field.picklistValues.map((each) => each.value).join(" | ");
      return make("li", {},
        make("button", { className: "link", text: field.name, title: field.inlineHelpText, click: () => insert(field.name) }),
        make("span", { text: kind, title: values || kind }));
    });
    const children = content.childRelationships.map((each) => make("li", {},
      make("button", {
        className: "link",
        text: each.relationshipName,
        title: `Children: ${each.childSObject}.${each.field}`,
        click: () => insert(`(SELECT Id FROM ${each.relationshipName})`),
      }),
      make("span", { text: `\u2190 ${each.childSObject}` })));
    details.append(
      make("p", { text: content.inlineHelpText }),
      make("button", { text: "Query", click: start }),
      make("ul", {}, ...fields, ...children));
  }

  for (const details of document.querySelectorAll(".object")) {
    details.addEventListener("toggle", () => {
      if (!details.open || details.dataset.asked) return;
      details.dataset.asked = "yes";
      describe(details).catch((error) => {
        delete details.dataset.asked;
        details.open = false;
        showFault(error);
      });
    });
  }

  for (const [title, text] of EXAMPLES) {
    const show = () => { statement.value = text; run(); };
    byId("examples").append(make("button", { className: "link", text: title, click: show }));
  }

  const tabs = [...document.querySelectorAll('[role="tab"]')];
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      for (const other of tabs) {
        other.setAttribute("aria-selected", String(other === tab));
        byId(other.getAttribute("aria-controls")).hidden = other !== tab;
      }
    });
  }

  for (const button of document.querySelectorAll(".copy")) {
    button.addEventListener("click", async () => {
      const source = button.previousElementSibling;
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }

  byId("run").addEventListener("click", run);
  byId("next").addEventListener("click", next);
  byId("previous").addEventListener("click", () => show(place - 1));
  statement.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      run();
    }
  });

  // An address may name an object to open (#Case) and a statement to run (?q=SELECT ...).
  const named = location.hash.slice(1);
  for (const details of document.querySelectorAll(".object")) {
    if (details.dataset.object === named) details.open = true;
  }
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    statement.value = asked;
    run();
  }
})();
