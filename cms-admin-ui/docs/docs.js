/** Shows the OpenAPI document without any script from elsewhere. */

import { el } from "../ui/dom.js";

const main = document.getElementById("main");

const code = (text) => el("code", {}, text);

/** Text with `code` between backticks. */
const words = (text) => String(text ?? "").split("`").map((part, index) => (index % 2 ? code(part) : part));
const paragraphs = (text) => String(text ?? "").split(/\n\n+/).filter(Boolean).map((part) => el("p", {}, words(part)));

function typeWord(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.oneOf) return schema.oneOf.map(typeWord).join(" or ");
  if (schema.type === "array") return `list of ${typeWord(schema.items)}`;
  return [schema.type].flat().filter(Boolean).join(" or ") || "any";
}

function table(heads, rows) {
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": heads[0] }, el("table", {},
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell) => el("td", {}, cell)))))));
}

function operation(path, method, described) {
  const parameters = described.parameters ?? [];
  const responses = Object.entries(described.responses ?? {});
  return el("details", { id: described.operationId ?? "" },
    el("summary", {}, el("span", { class: "method" }, method.toUpperCase()), code(path), el("span", { class: "quiet" }, described.summary ?? "")),
    el("div", { class: "body" },
      paragraphs(described.description),
      parameters.length > 0 && table(["Parameter", "In", "What"], parameters.map((row) => [code(row.name), row.in, words(row.description)])),
      table(["Status", "What", "Body", "Headers"], responses.map(([status, response]) => {
        const [mediaType, content] = Object.entries(response.content ?? {})[0] ?? [];
        const headers = Object.entries(response.headers ?? {});
        return [status, words(response.description),
          content ? [typeWord(content.schema), " ", el("span", { class: "quiet" }, mediaType)] : "",
          headers.map(([name, header]) => el("div", {}, code(name), " ", el("span", { class: "quiet" }, header.description ?? "")))];
      }))));
}

function schema(name, described) {
  const fields = Object.entries(described.properties ?? {});
  return el("details", {}, el("summary", {}, code(name), el("span", { class: "quiet" }, described.description ?? "")),
    el("div", { class: "body" }, fields.length > 0 && table(["Field", "Type", "What"],
      fields.map(([field, of]) => [code(field), typeWord(of), words(of.description)]))));
}

try {
  const response = await fetch("/openapi.json");
  const api = await response.json();
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).filter(([, of]) => of?.responses).map(([method, of]) => ({ path, method, of })));
  main.replaceChildren(
    el("h1", {}, `The API of ${api.info.title} ${api.info.version}`),
    ...paragraphs(api.info.description),
    el("p", {}, el("a", { href: "/openapi.json" }, "openapi.json"), " for programs"),
    ...(api.tags ?? []).flatMap((tag) => [
      el("h2", {}, tag.name.charAt(0).toUpperCase() + tag.name.slice(1)), ...paragraphs(tag.description),
      ...operations.filter(({ of }) => of.tags?.includes(tag.name)).map(({ path, method, of }) => operation(path, method, of)),
    ]),
    el("h2", {}, "Shapes"),
    ...Object.entries(api.components?.schemas ?? {}).map(([name, of]) => schema(name, of)),
  );
} catch {
  main.replaceChildren(el("p", { role: "alert" }, "The document could not be read. Is the server running?"));
}
