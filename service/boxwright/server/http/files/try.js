// Fills the page from /openapi.json and sends its requests. Uses no library, and loads nothing from other servers.
"use strict";
const at = (id) => document.getElementById(id);
let paths = {};

function chosen() {
  const [verb, path] = at("method").value.split(" ");
  return { verb, path, call: paths[path][verb.toLowerCase()] };
}

// The token is sent with the calls of this page. It is neither stored nor shown in the curl command.
function headers(given = {}) {
  const token = at("token").value.trim();
  return token ? { ...given, Authorization: `Bearer ${token}` } : given;
}

// The URL is percent-encoded, since servers accept no raw space, and quoted against & and ? in the shell. Brackets and braces
// stay as they are, as in the calls of the page; curl needs -g, or it would expand them to several URLs.
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function address(path) {
  return URL.canParse(path, location.origin) ? new URL(path, location.origin).href : location.origin + path;
}

function curl() {
  const { verb, path } = chosen();
  const text = at("request").value;
  const token = at("token").value.trim() ? ` -H "Authorization: Bearer $BOXWRIGHT_TOKEN"` : "";
  at("curl").textContent =
    verb === "GET"
      ? `curl -g ${quoted(address(text.trim()))}${token}`
      : `curl ${location.origin}${path}${token} -H 'Content-Type: application/json' -d ${quoted(text)}`;
}

function choose() {
  const { verb, path, call } = chosen();
  at("about").textContent = call.description;
  if (verb === "GET") {
    at("request").value = path.replace("{catalog}", "eu-stock");
    at("hint").textContent = "A path: replace the parts in braces.";
  } else {
    const example = call.requestBody.content["application/json"].example ?? {};
    at("request").value = JSON.stringify(example, null, 2);
    at("hint").textContent = "";
  }
  curl();
}

async function send() {
  const { verb, path } = chosen();
  const text = at("request").value;
  const begun = performance.now();
  at("send").disabled = true;
  try {
    if (new URL(text.trim() && verb === "GET" ? text.trim() : path, location.origin).origin !== location.origin)
      throw new Error("the path must be on this server");
    const answer =
      verb === "GET"
        ? await fetch(text.trim(), { headers: headers() })
        : await fetch(path, { method: "POST", headers: headers({ "Content-Type": "application/json" }), body: text });
    const body = await answer.text();
    at("status").textContent = `${answer.status} in ${Math.round(performance.now() - begun)} ms`;
    at("status").className = answer.ok ? "" : "bad";
    at("answer").textContent = pretty(body);
  } catch (error) {
    at("status").textContent = "no answer";
    at("status").className = "bad";
    at("answer").textContent = String(error);
  } finally {
    at("send").disabled = false;
  }
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

async function start() {
  paths = (await (await fetch("/openapi.json")).json()).paths;
  const groups = new Map();
  for (const [path, verbs] of Object.entries(paths)) {
    for (const [verb, call] of Object.entries(verbs)) {
      const group = groups.get(call.tags[0]) ?? [];
      groups.set(call.tags[0], [...group, { text: verb === "get" ? path : call.summary, value: `${verb.toUpperCase()} ${path}` }]);
    }
  }
  const order = ["PackingService", "CatalogService", "FootprintService", "EvaluationService", "Operations", "GET"];
  for (const name of order.filter((each) => groups.has(each))) {
    const list = document.createElement("optgroup");
    list.label = name === "GET" ? "Read with GET" : name;
    for (const { text, value } of groups.get(name)) list.append(new Option(text, value));
    at("method").append(list);
  }
  at("method").value = "POST /boxwright.v1.PackingService/Pack";
  at("method").addEventListener("change", choose);
  at("request").addEventListener("input", curl);
  at("token").addEventListener("input", curl);
  at("send").addEventListener("click", send);
  choose();
}

start();
