// HTML reports in a real browser: every sample, at two sizes, in light and dark.
//
// usage: pages_test.mjs --rdpdx PROGRAM --modules FOLDER [NAME...]     NAME: a sample, hostile, zones, or large
// FOLDER holds node_modules with what package.json names. Ends with 77 where a browser or a module is missing.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const skip = (why) => {
  console.log(`SKIPPED: ${why}`);
  process.exit(77);
};

const words = process.argv.slice(2);
const option = (name) => {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words.splice(at, 2)[1];
};
const program = resolve(option("--rdpdx"));
const modules = resolve(option("--modules"));
const browserPath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
if (!browserPath) skip("no chromium (Debian's package chromium)");

const load = createRequire(join(modules, "package.json"));
let chromium, axe, validator, MarkdownIt;
try {
  ({ chromium } = load("playwright-core"));
  axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
  MarkdownIt = load("markdown-it");
  validator = await import(pathToFileURL(load.resolve("html-validate")));
} catch (error) {
  skip(`no node modules in ${modules} (npm ci there with tests/pages/package.json): ${error.message.split("\n")[0]}`);
}

const here = dirname(fileURLToPath(import.meta.url));
const samples = resolve(here, "../../samples");
const folder = mkdtempSync(join(tmpdir(), "rdpdx-pages-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

// Name -> everything that a sample has: both captures, all logs, and the secrets where there are any.
const cases = () => {
  const files = readdirSync(samples).sort();
  const out = {};
  for (const truth of files.filter((f) => f.endsWith(".expect.json"))) {
    const name = truth.slice(0, -".expect.json".length);
    out[name] = files.filter((f) => f.startsWith(name + ".") && /\.(pcapng|evtx|xml)$/.test(f));
    if (files.includes(`${name}.keys`)) out[name].push("--keylog", `${name}.keys`);
  }
  return out;
};

const html = new validator.HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: { "long-title": "off" },  // the verdict is the title
});

let failures = 0;
const check = (name, what, fine, detail = "") => {
  if (fine) return;
  ++failures;
  console.log(`FAILED ${name}: ${what} ${typeof detail === "string" ? detail : JSON.stringify(detail)}`);
};

const violations = async (page) => {
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
};

const open = async (browser, name, url, view, more = {}) => {
  const context = await browser.newContext({ viewport: view, ...more });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.on("console", (m) => check(name, "console message", false, m.text()));
  page.on("pageerror", (e) => check(name, "error in script", false, e.message));
  page.on("request", (r) => check(name, "request", r.url() === url, r.url()));
  await page.goto(url);
  return page;
};

const verdictOnFirstScreen = async (page, view) => {
  const box = await page.locator("h1").boundingBox();
  return box && box.y >= 0 && box.y + box.height <= view.height && box.x + box.width <= view.width;
};

// What the rows say, so that those of the program and those of the script can be compared.
const rowsOf = (page) => page.locator("#rows tr").evaluateAll((rows) =>
  rows.map((r) => [...r.cells].map((c) => c.innerHTML.replace(/\s*\n\s*/g, "")).join("|")));

// From the link to a section onwards.
const tabTo = async (page, section, id) => {
  await page.locator(`nav a[href="#${section}"]`).focus();
  await page.keyboard.press("Enter");
  for (let i = 0; i < 12; ++i) {
    if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return true;
    await page.keyboard.press("Tab");
  }
  return false;
};

const byKeyboard = async (name, page) => {
  check(name, "the text filter is reached by Tab", await tabTo(page, "timeline", "by-text"));
  const before = await page.locator("#rows tr").count();
  await page.keyboard.type("tcp");
  const found = await page.locator("#rows tr td:nth-child(6)").allTextContents();
  check(name, "the text filter keeps what fits", found.length < before && found.every((t) => /tcp/i.test(t)), found);
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  check(name, "an empty filter shows all again", (await page.locator("#rows tr").count()) === before);
  await page.locator("#by-source").focus();
  await page.keyboard.press("ArrowDown");
  const source = await page.locator("#by-source option:checked").textContent();
  const files = await page.locator("#rows .file").allTextContents();
  check(name, "the source filter keeps one source", files.every((f) => f === source), source);
  const fold = page.locator("#evidence details").first();
  await fold.locator("> summary").focus();
  await page.keyboard.press("Enter");
  check(name, "a fold opens by keyboard", await fold.evaluate((d) => d.open));
  const raw = fold.locator("details");
  await raw.locator("> summary").focus();
  await page.keyboard.press("Enter");
  check(name, "what the file has is inside", await raw.locator("pre.raw").isVisible());
  await fold.locator("> summary").focus();
  await page.keyboard.press("Space");
  check(name, "a fold closes by keyboard", !(await fold.evaluate((d) => d.open)));
};

const pdfText = async (path) => (await promisify(execFile)("pdftotext", ["-layout", path, "-"])).stdout.replace(/\s+/g, "");
const canReadPdf = existsSync("/usr/bin/pdftotext");

const printed = async (name, page) => {
  const sections = await page.locator("main h2").allTextContents();
  const rows = await page.locator("#rows tr td:nth-child(6)").allTextContents();
  const path = join(folder, `${name}.pdf`);
  await page.pdf({ path, format: "A4" });
  if (!canReadPdf) return;
  const text = (await pdfText(path)).toLowerCase();
  for (const wanted of [...sections, "byte offset", rows.at(-1).slice(0, 40)])
    check(name, "the print has", text.includes(wanted.replace(/\s+/g, "").toLowerCase()), wanted);
};

const test = async (browser, name, inputs) => {
  const path = join(folder, `${name}.html`);
  execFileSync(program, ["analyze", "-f", "html", "-o", path, ...inputs], { cwd: samples });
  const text = readFileSync(path, "utf8");
  check(name, "under 2 MB", text.length < 2_000_000, `${text.length}`);
  for (const result of (await html.validateString(text)).results)
    for (const m of result.messages) check(name, "valid HTML", m.severity < 2, `${m.line}:${m.column} ${m.ruleId}: ${m.message}`);

  const url = pathToFileURL(path).href;
  const wide = { width: 1280, height: 800 }, narrow = { width: 390, height: 844 };
  const bare = await open(browser, name, url, wide, { javaScriptEnabled: false });
  const unscripted = await rowsOf(bare);
  await bare.context().close();

  for (const [view, colorScheme] of [[wide, "light"], [narrow, "dark"]]) {
    const page = await open(browser, name, url, view, { colorScheme });
    check(name, `verdict on the first screen at ${view.width}`, await verdictOnFirstScreen(page, view));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    check(name, `nothing sticks out at ${view.width}`, width <= view.width, `${width}`);
    if (view === wide) {
      const scripted = await rowsOf(page);
      check(name, "the script's rows are the program's", JSON.stringify(scripted) === JSON.stringify(unscripted),
        scripted.map((r, i) => [r, unscripted[i]]).find(([a, b]) => a !== b));
      await byKeyboard(name, page);
      await page.locator("#by-source").selectOption("");
      await printed(name, page);
    }
    await page.evaluate(axe);
    const bad = await violations(page);
    check(name, `axe at ${view.width}, ${colorScheme}`, bad.length === 0, bad);
    await page.context().close();
  }
};

// --- strings that want to be more than strings ------------------------------------------------------------------------

const HOSTILE = [
  "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "' onfocus='alert(1)' autofocus='",
  "<!--", "]]>", "{{script}}", "javascript:alert(1)", "[a](javascript:alert(1))", "![a](http://192.0.2.1/x.png)", "<http://192.0.2.1/>",
  "http://192.0.2.1/ www.example.com a@example.com", "`` ` ```", "| a | b |", "\n\n# heading\n\n- list", "&lt;b&gt;&#60;i>", "__proto__",
  "\u202Etxt.exe\u2066", "\u001b]0;pwned\u0007\u001b[2J", "\u0000", "A".repeat(1_000_000), "=cmd()|'/c calc'!A1",
];

// A client's log in which every name is hostile, in a file whose name is.
const hostileCase = (text, n) => {
  const clean = text.replace(/[\u0000-\u001f]/g, (c) => (n % 2 ? c : ""));
  const event = (id, second, data) => JSON.stringify({ Event: {
    System: { Provider: { "#attributes": { Name: "Microsoft-Windows-TerminalServices-ClientActiveXCore" } }, EventID: id, EventRecordID: id + n,
      Channel: clean, Computer: clean, TimeCreated: { "#attributes": { SystemTime: `2026-11-21T06:11:${second}.000000Z` } } }, EventData: data } });
  const lines = [event(1024, "18", { Name: "Server Name", Value: clean, Level: 1 }), event(1029, "19", { Base64Hash: clean, TraceMessage: clean }),
    event(1026, "20", { Name: "Disconnect Reason", Value: 2308, CustomLevel: clean })];
  const name = text.replace(/[\/\u0000]/g, "_").slice(0, 200) + ".json";
  writeFileSync(join(folder, name), lines.join("\n"));
  return name;
};

const hostile = async (browser) => {
  const page = await (await browser.newContext()).newPage();
  let sign = "";
  page.on("console", (m) => { sign += m.text(); });
  page.on("dialog", (d) => { sign += "dialog"; d.dismiss(); });
  page.on("request", (r) => { if (!r.url().startsWith("file:")) sign += r.url(); });
  page.on("pageerror", (e) => { sign += e.message; });
  const markdown = new MarkdownIt({ html: true, linkify: true });
  markdown.linkify.set({ fuzzyLink: false });  // a bare name.com; neither GitHub nor GitLab makes a link of that
  const plain = (tokens) => tokens.flatMap((t) => [t.type, ...plain(t.children ?? [])]);
  const shape = () => [...document.querySelectorAll("body *")].map((e) => e.tagName).join(" ");
  let expected;
  for (const [n, text] of ["harmless", ...HOSTILE].entries()) {
    const name = hostileCase(text, n), label = `hostile ${JSON.stringify(text.slice(0, 40))}`;
    execFileSync(program, ["analyze", "-o", "h.html", "-o", "h.md", "-o", "h.long.md", name], { cwd: folder });
    await page.goto(pathToFileURL(join(folder, "h.html")).href);
    check(label, "nothing runs and nothing is asked for", sign === "", sign);
    sign = "";
    const elements = await page.evaluate(shape);
    const tokens = ["h.md", "h.long.md"].map((f) => plain(markdown.parse(readFileSync(join(folder, f), "utf8"), {})).filter((t) => t !== "text_special" && t !== "text").join(" "));
    const size = readFileSync(join(folder, "h.html")).length;
    check(label, "stays small", size < 300_000, `${size}`);
    for (const word of ["html_inline", "html_block", "link_open", "image"])
      check(label, `no ${word} in Markdown`, !tokens.some((t) => t.includes(word)));
    expected ??= { elements, tokens };
    check(label, "adds no element to the page", elements === expected.elements);
    check(label, "adds nothing to the Markdown", JSON.stringify(tokens) === JSON.stringify(expected.tokens));
  }
  await page.context().close();
};

// --- a zone whose clocks go back in the middle ------------------------------------------------------------------------

const zones = async (browser) => {
  const event = (id, time, data) => JSON.stringify({ Event: {
    System: { Provider: { "#attributes": { Name: "Microsoft-Windows-TerminalServices-ClientActiveXCore" } }, EventID: id, EventRecordID: id,
      Channel: "Microsoft-Windows-TerminalServices-RDPClient/Operational", Computer: "CLI-PC1",
      TimeCreated: { "#attributes": { SystemTime: `2026-10-25T${time}.1234567Z` } } }, EventData: data } });
  writeFileSync(join(folder, "back.json"), [event(1024, "00:59:58", { Name: "Server Name", Value: "rdsh1.lab.example", Level: 1 }),
    event(1105, "01:00:01", {}), event(1026, "01:00:02", { Name: "Disconnect Reason", Value: 2308, CustomLevel: "Info" })].join("\n"));
  const path = join(folder, "back.html"), url = pathToFileURL(path).href, view = { width: 1280, height: 800 };
  execFileSync(program, ["analyze", "--tz", "Europe/Berlin", "-o", path, "back.json"], { cwd: folder });
  const bare = await open(browser, "zones", url, view, { javaScriptEnabled: false });
  const unscripted = await rowsOf(bare);
  await bare.context().close();
  const page = await open(browser, "zones", url, view);
  const scripted = await rowsOf(page);
  check("zones", "the script's clocks are the program's", JSON.stringify(scripted) === JSON.stringify(unscripted), [scripted, unscripted]);
  const clocks = await page.locator("#rows time").allTextContents();
  check("zones", "the hour that comes twice is told apart", clocks[0] === "02:59:58.123 CEST" && clocks.at(-1) === "02:00:02.123 CET", clocks);
  await page.context().close();
};

// --- 200,000 rows -----------------------------------------------------------------------------------------------------

const large = async (browser) => {
  const rows = 200_000, fields = 13, limit = 2000;
  execFileSync(program, ["analyze", "-o", join(folder, "large.html"), "tls-fin.pcapng", "tls-fin.client.xml"], { cwd: samples });
  const page = readFileSync(join(folder, "large.html"), "utf8");
  const [, before, json, after] = page.match(/^(.*<script type="application\/json" id="data">)(.*?)(<\/script>.*)$/s);
  const data = JSON.parse(json);
  const some = data.rows.length / fields, words = data.texts.length;
  for (let i = 0; i < rows / 2; ++i) data.texts.push(`${data.texts[i % words]} Number ${i}.`);
  for (let i = some; i < rows; ++i) {
    const row = data.rows.slice((i % some) * fields, (i % some + 1) * fields);
    row[0] = i;
    row[11] = words + i % (rows / 2);
    data.rows.push(...row);
  }
  const path = join(folder, "large.html");
  writeFileSync(path, before + JSON.stringify(data).replaceAll("<", "\\u003c") + after);
  const context = await browser.newContext();
  const tab = await context.newPage();
  // What the page's thread computed: the time on the clock tells more about what else the machine is doing.
  const meter = await context.newCDPSession(tab);
  await meter.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => {
    const { metrics } = await meter.send("Performance.getMetrics");
    return Math.round(metrics.find((m) => m.name === "TaskDuration").value * 1000);
  };
  const began = Date.now();
  await tab.goto(pathToFileURL(path).href);
  const count = await tab.locator("#count").textContent();
  const opened = await spent(), openedAt = Date.now();
  check("large", "all rows are there", count.includes(`of ${rows}`), count);
  await tab.locator("#by-text").fill("number 77777.");
  check("large", "a filter finds what it should", (await tab.locator("#rows tr").count()) === 2);
  const filtered = await spent() - opened;
  console.log(`${rows} rows: opened in ${opened} ms of computing (${openedAt - began} by the clock), filtered in ${filtered} (${Date.now() - openedAt})`);
  await context.close();
  check("large", `opens and filters in under ${limit} ms`, opened < limit && filtered < limit);
};

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
const wanted = Object.entries(cases()).filter(([name]) => words.length === 0 || words.includes(name));
const queue = [...wanted];
await Promise.all([0, 1].map(async () => {
  for (let next = queue.shift(); next; next = queue.shift()) await test(browser, ...next);
}));
if (words.length === 0 || words.includes("hostile")) await hostile(browser);
if (words.length === 0 || words.includes("zones")) await zones(browser);
if (words.length === 0 || words.includes("large")) await large(browser);
await browser.close();
if (!canReadPdf) console.log("note: the prints were made but not read, without pdftotext (Debian's package poppler-utils)");
console.log(`${wanted.length} pages, ${failures} failures`);
process.exit(failures ? 1 : 0);
