// The index of a batch in a real browser: no message, no request, valid, filters by mouse and by keyboard.
//
// usage: index_test.mjs --rdpdx PROGRAM --modules FOLDER     as pages_test.mjs; ends with 77 where a browser or a module is missing
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const skip = (why) => {
  console.log(`SKIPPED: ${why}`);
  process.exit(77);
};
const browserPath = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);
if (!browserPath) skip("no chromium (Debian's package chromium)");
let chromium, axe, validator;
try {
  const load = createRequire(join(resolve(option("--modules")), "package.json"));
  ({ chromium } = load("playwright-core"));
  axe = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");
  validator = await import(pathToFileURL(load.resolve("html-validate")));
} catch (error) {
  skip(`no node modules: ${error.message.split("\n")[0]}`);
}

// Every sample, a case that is none, and one whose name would do harm.
const samples = resolve(dirname(fileURLToPath(import.meta.url)), "../../samples");
const folder = mkdtempSync(join(tmpdir(), "rdpdx-index-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const files = readdirSync(samples);
for (const truth of files.filter((f) => f.endsWith(".expect.json"))) {
  const name = truth.slice(0, -".expect.json".length);
  mkdirSync(join(folder, "cases", name), { recursive: true });
  for (const f of files.filter((f) => f.startsWith(`${name}.`) && !f.endsWith(".json"))) copyFileSync(join(samples, f), join(folder, "cases", name, f));
}
mkdirSync(join(folder, "cases", "<img src=x onerror=alert(1)>"));
writeFileSync(join(folder, "cases", "<img src=x onerror=alert(1)>", "notes.txt"), "nothing");
try {
  execFileSync(resolve(option("--rdpdx")), ["batch", join(folder, "cases"), "--out", join(folder, "out"), "-q"]);
} catch (error) {
  if (error.status !== 4) throw error;
}

let failures = 0;
const check = (what, fine, detail = "") => {
  if (fine) return;
  ++failures;
  console.log(`FAILED ${what}: ${typeof detail === "string" ? detail : JSON.stringify(detail)}`);
};

const path = join(folder, "out", "index.html"), url = pathToFileURL(path).href;
const html = new validator.HtmlValidate({ root: true, extends: ["html-validate:standard", "html-validate:a11y"], rules: { "long-title": "off" } });
for (const result of (await html.validateString(readFileSync(path, "utf8"))).results)
  for (const m of result.messages) check("valid HTML", m.severity < 2, `${m.line}:${m.column} ${m.ruleId}: ${m.message}`);

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
for (const colorScheme of ["light", "dark"]) {
  const page = await (await browser.newContext({ viewport: { width: 1366, height: 768 }, colorScheme })).newPage();
  page.on("console", (m) => check("console message", false, m.text()));
  page.on("pageerror", (e) => check("error in script", false, e.message));
  page.on("request", (r) => check("request", r.url() === url, r.url()));
  await page.goto(url);

  const shown = () => page.locator("#cases tbody tr:not([hidden])").count();
  const all = await shown();
  check("every case is there", all === readdirSync(join(folder, "cases")).length, `${all}`);
  const titles = await page.locator("summary").allTextContents();
  for (const wanted of ["Days", "Servers of failed attempts", "Certificates", "Clocks that are wrong", "Inputs that were damaged or not read"])
    check("a table beside the cases", titles.includes(wanted), titles);

  for (const button of await page.locator(".matrix button").all()) {
    const n = Number(await button.textContent());
    await button.click();
    check("a cell of the matrix shows as many cases as it says", (await shown()) === n, `${n} ${await shown()}`);
  }
  await page.locator("#all").click();
  check("all are shown again", (await shown()) === all);
  for (const button of await page.locator("button[data-words]").all()) {
    await button.click();
    const n = await shown();
    check("a word of a side table filters the cases", n >= 1 && n <= all, `${await button.textContent()} ${n}`);
  }
  await page.locator("#all").click();
  await page.locator("#filter").focus();
  await page.keyboard.type("credssp failed");
  const rows = await page.locator("#cases tbody tr:not([hidden])").allTextContents();
  check("words by keyboard filter", rows.length > 0 && rows.length < all && rows.every((r) => /credssp/.test(r)), rows);
  check("the number is said", (await page.locator("#shown").textContent()).startsWith(`${rows.length} of ${all}`));
  await page.locator("#all").click();

  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  for (const v of found.violations.filter((v) => ["serious", "critical"].includes(v.impact)))
    check(`axe ${v.id} (${colorScheme})`, false, v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | "));
  await page.context().close();
}
await browser.close();
console.log(failures ? `${failures} failures` : "the index is fine");
process.exit(failures ? 1 : 0);
