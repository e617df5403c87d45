// The page is one more client of the public API: it keeps nothing but the token and draws what the API says.
// Words of documents are only ever set as text, never as markup.
"use strict";

const API = "/api/apps/tender";
const POLL_MS = 1000;

const WORDS = {
  signIn: ["登录", "Sign in"], signOut: ["退出", "Sign out"], username: ["用户名", "User name"], password: ["密码", "Password"],
  projects: ["项目", "Projects"], newProject: ["新建项目", "New project"], projectName: ["项目名称", "Project name"], create: ["创建", "Create"],
  noProjects: ["还没有项目。新建一个项目，然后放入招标文件和投标文件。", "No projects yet. Create one, then add the tender and the bids."],
  files: ["文件", "Files"], facts: ["项目信息", "Project facts"], risks: ["废标与其他风险", "Risks"], findings: ["审查结论", "Findings"],
  requirements: ["要求台账", "Requirements"], runs: ["运行记录", "Runs"],
  tender: ["招标文件", "Tender"], bid: ["投标文件", "Bid"], custom_rule: ["自定义规则", "Custom rules"], attachment: ["附件", "Attachment"],
  bidder: ["投标人", "Bidder"], upload: ["上传", "Upload"], extract: ["提取项目信息与风险", "Extract facts and risks"], review: ["审查投标文件", "Review bids"],
  exports: ["导出报告", "Export report"], allBidders: ["全部投标人", "All bidders"], search: ["搜索…", "Search…"], rigidOnly: ["仅实质性要求", "Rigid only"],
  demands: ["招标要求", "The tender demands"], says: ["投标响应", "The bid says"], nothing: ["暂无内容", "Nothing here yet"],
  page: ["第 {n} 页", "p. {n}"], suggestion: ["建议：", "What to do: "], rigid: ["实质性", "rigid"], remove: ["删除", "Delete"],
  confirmDelete: ["确定删除此项目及其全部文件和结果？", "Delete this project with all its files and results?"],
  pass: ["符合", "Pass"], risk: ["风险", "Risk"], fail: ["不符合", "Fail"], critical: ["致命", "critical"], high: ["高", "high"], medium: ["中", "medium"], low: ["低", "low"],
  mustReject: ["可致废标", "can disqualify"], other: ["其他", "other"], pending: ["排队中", "waiting"], running: ["进行中", "running"], success: ["完成", "done"], failed: ["失败", "failed"], cancelled: ["已取消", "cancelled"],
  ready: ["已读取", "read"], found: ["", ""], stated_none: ["文件写明没有", "stated: none"], refers_elsewhere: ["见其他文件", "refers elsewhere"], conflicting: ["前后矛盾", "conflicting"], unreadable: ["无法读取", "unreadable"],
  missing: ["文件中未找到：", "Not found in the documents: "], offline: ["服务器没有应答，请稍后再试", "The server does not answer; try again"],
  clarifications: ["矛盾与澄清", "Clarifications"], letter: ["下载澄清函", "Download the letter"], askBy: ["提出疑问的截止时间：", "Last moment to ask: "], question: ["拟提问：", "Question: "],
  prevails: ["按招标文件自身的规定，似应以此为准：", "By the tender's own order, this seems to prevail: "], noContradictions: ["未发现前后矛盾之处。", "Nothing was found that is said in two ways."],
  close: ["关闭", "Close"], previous: ["上一页", "Previous page"], next: ["下一页", "Next page"], openSource: ["查看原文", "Show the source"], noPicture: ["此文件没有可显示的页面图像，以下为原文文字。", "This file has no page to draw; these are its words."],
  accept: ["认可", "Accept"], reject: ["驳回", "Reject"], undo: ["撤销", "Undo"], reason: ["理由（必填）", "Reason (needed)"], accepted: ["已认可", "accepted"], rejected: ["已驳回", "rejected"], edited: ["已修改", "edited"], earlier: ["针对较早的内容", "about an earlier version"],
  decided: ["人工复核 {n}/{m}", "Reviewed by people {n}/{m}"], confirm: ["确认", "Confirm"], drop: ["剔除", "Drop"], confirmed: ["已确认", "confirmed"], dropped: ["已剔除", "dropped"], added: ["人工添加", "added"],
  needBidder: ["请填写投标人名称", "Name the bidder"], cancel: ["取消", "Cancel"], yes: ["是", "yes"], no: ["否", "no"],
};

const FIELDS = {
  project_name: ["项目名称", "Project name"], tender_no: ["项目编号", "Tender number"], buyer_name: ["采购人/招标人", "Buyer"], agency_name: ["代理机构", "Agency"],
  procurement_method: ["采购方式", "Procurement method"], category: ["项目类别", "Category"], lots: ["标段/包数", "Lots"], budget: ["预算金额", "Budget"], max_price: ["最高限价", "Ceiling price"],
  bid_deadline: ["投标截止时间", "Bid deadline"], bid_place: ["递交地点", "Place of submission"], opening_time: ["开标时间", "Bid opening"], opening_place: ["开标地点", "Place of opening"],
  doc_obtain_start: ["文件获取开始", "Documents from"], doc_obtain_end: ["文件获取截止", "Documents until"], clarification_deadline: ["澄清/提问截止", "Clarification deadline"],
  bid_bond: ["投标保证金", "Bid bond"], performance_bond: ["履约保证金", "Performance bond"], bid_validity_days: ["投标有效期（日）", "Bid validity (days)"], contract_duration: ["工期/交货期/服务期", "Contract duration"],
  place: ["交货/服务/建设地点", "Place of performance"], warranty_period: ["质保期", "Warranty period"], payment_terms: ["付款方式", "Payment terms"], consortium: ["联合体投标", "Consortium"],
  subcontracting: ["分包", "Subcontracting"], copies: ["投标文件份数", "Copies"], evaluation_method: ["评标办法", "Evaluation method"], imports_allowed: ["进口产品", "Imported goods"],
};

const CHOICES = {
  open_tender: ["公开招标", "Open tender"], invited_tender: ["邀请招标", "Invited tender"], competitive_negotiation: ["竞争性谈判", "Competitive negotiation"], competitive_consultation: ["竞争性磋商", "Competitive consultation"],
  inquiry: ["询价", "Inquiry"], single_source: ["单一来源", "Single source"], goods: ["货物", "Goods"], services: ["服务", "Services"], works: ["工程", "Works"], allowed: ["允许", "Allowed"], not_allowed: ["不允许", "Not allowed"],
  partly: ["部分允许", "Partly"], comprehensive_score: ["综合评分法", "Comprehensive scoring"], lowest_price: ["最低价法", "Lowest price"], lowest_evaluated_price: ["最低评标价法", "Lowest evaluated price"], quality_cost: ["质量与费用法", "Quality and cost based"],
};

const TYPES = {
  money_max: ["金额上限", "highest sum"], duration_min: ["最短期限", "shortest period"], duration_max: ["最长期限", "longest period"], date_before: ["截止时间", "deadline"], percent_max: ["比例上限", "highest share"], count_min: ["最少数量", "least count"],
  document_present: ["须附文件", "document"], signature: ["签字盖章", "signature"], certificate: ["资质证书", "certificate"], parameter: ["技术参数", "parameter"], declaration: ["承诺声明", "declaration"], semantic: ["文字要求", "in words"],
};
/** Files whose pages the server draws. */
const DRAWN = /\.(pdf|png|jpe?g|tiff?|bmp|gif|webp)$/i;

let language = localStorage.getItem("bidlens.language") === "en" ? 1 : 0;
let token = sessionStorage.getItem("bidlens.token") || "";
let drawing = 0;
/** The address of the project that is shown. */
let shownBase = "";

function say(key) { const words = WORDS[key]; return words ? words[language] : key; }
function fieldName(key) { const words = FIELDS[key]; return words ? words[language] : key.replaceAll("_", " "); }
function choice(value) { const words = CHOICES[value]; return words ? words[language] : value; }

/** An element; children are nodes or text. */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

function badge(kind, text) { return el("span", { class: "badge " + kind }, text === undefined ? say(kind) : text); }

async function call(method, path, body, headers) {
  const options = { method, headers: { Accept: "application/json", ...headers } };
  if (token) options.headers.Authorization = "Bearer " + token;
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) { options.body = JSON.stringify(body); options.headers["Content-Type"] = "application/json"; }
  let response;
  try { response = await fetch(path, options); } catch { throw new Error(say("offline")); }
  if (response.status === 401 && token) { signOut(); throw new Error(say("signIn")); }
  if (response.status === 204) return null;
  const text = await response.text();
  let answer = null;
  try { answer = text ? JSON.parse(text) : null; } catch { answer = null; }
  if (!response.ok) throw new Error((answer && answer.detail) || response.statusText);
  return answer;
}

function signOut() {
  token = "";
  sessionStorage.removeItem("bidlens.token");
  draw();
}

/** Runs an action of a button: disabled meanwhile, its failure shown in `place`. */
async function act(button, place, action) {
  button.disabled = true;
  place.textContent = "";
  try { await action(); } catch (error) { place.textContent = error.message; }
  button.disabled = false;
}

function show(...nodes) { document.getElementById("main").replaceChildren(...nodes); }

async function draw() {
  const turn = ++drawing;
  document.documentElement.lang = language ? "en" : "zh-CN";
  document.getElementById("top").hidden = !token;
  document.getElementById("language").textContent = language ? "中文" : "English";
  document.getElementById("logout").textContent = say("signOut");
  document.getElementById("crumb").textContent = "";
  if (!token) return show(loginForm());
  const match = location.hash.match(/^#\/projects\/([^/]+)(?:\/([a-z]+))?/);
  try {
    const view = match ? await projectView(match[1], match[2] || "findings") : await projectList();
    if (turn === drawing) show(...view);
  } catch (error) {
    if (turn === drawing && token) show(el("p", { class: "error", role: "alert" }, error.message));
  }
}

function loginForm() {
  const error = el("p", { class: "error", role: "alert" });
  const button = el("button", { class: "primary", type: "submit" }, say("signIn"));
  const form = el("form", { class: "panel login" }, el("h1", null, "Bidlens"), error,
    el("label", null, say("username"), el("input", { type: "text", name: "username", autocomplete: "username", required: true })),
    el("label", null, say("password"), el("input", { type: "password", name: "password", autocomplete: "current-password", required: true })), button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(button, error, async () => {
      const answer = await call("POST", "/api/auth/login", { username: form.elements.username.value, password: form.elements.password.value });
      token = answer.access_token;
      sessionStorage.setItem("bidlens.token", token);
      draw();
    });
  });
  return form;
}

async function projectList() {
  const projects = await call("GET", API + "/projects");
  const error = el("p", { class: "error", role: "alert" });
  const button = el("button", { class: "primary", type: "submit" }, say("create"));
  const form = el("form", { class: "panel row" }, el("input", { type: "text", name: "name", placeholder: say("projectName"), "aria-label": say("projectName"), required: true }), button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(button, error, async () => {
      const project = await call("POST", API + "/projects", { name: form.elements.name.value });
      location.hash = "#/projects/" + project.id + "/files";
    });
  });
  const cards = projects.map((project) => el("a", { class: "panel project", href: "#/projects/" + project.id }, el("h3", null, project.name), el("p", { class: "soft" }, project.description || "", " ", time(project.created_at))));
  return [el("h1", null, say("projects")), error, form, cards.length ? el("div", { class: "grid" }, cards) : el("p", { class: "soft" }, say("noProjects"))];
}

function time(text) { return text ? new Date(text).toLocaleString(language ? "en" : "zh-CN") : ""; }

async function projectView(id, tab) {
  const base = API + "/projects/" + encodeURIComponent(id);
  const project = await call("GET", base);
  document.getElementById("crumb").textContent = project.name;
  shownBase = base;
  const tabs = ["findings", "facts", "risks", "requirements", "clarifications", "files", "runs"];
  const bar = el("div", { class: "tabs", role: "tablist" }, tabs.map((name) => el("button", { type: "button", role: "tab", "aria-selected": String(name === tab), onclick: () => { location.hash = "#/projects/" + id + "/" + name; } }, say(name))));
  const views = { findings: findingsView, facts: factsView, risks: risksView, requirements: requirementsView, clarifications: clarificationsView, files: filesView, runs: runsView };
  const content = await (views[tab] || findingsView)(base, project);
  return [el("div", { class: "row" }, el("h1", null, project.name), el("span", { class: "spring" }), exportButtons(base)), workPanel(base, id), bar, ...content];
}

async function download(base, kind, name) {
  const response = await fetch(base + "/export/" + kind, { headers: { Authorization: "Bearer " + token, "Accept-Language": language ? "en" : "zh" } });
  if (!response.ok) { alert(response.statusText); return; }
  const link = el("a", { href: URL.createObjectURL(await response.blob()), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function exportButtons(base) {
  return el("span", { class: "row" }, el("span", { class: "soft" }, say("exports")), ["html", "docx", "xlsx", "json"].map((kind) => el("button", { type: "button", onclick: () => download(base, kind, "report." + kind) }, kind)));
}

/** The buttons that start work, with the progress of what they started. */
function workPanel(base, id) {
  const error = el("p", { class: "error", role: "alert" });
  const status = el("span", { class: "soft", role: "status" });
  const extract = el("button", { type: "button", class: "primary" }, say("extract"));
  const review = el("button", { type: "button" }, say("review"));
  const follow = async (path) => {
    let run = await call("POST", base + path, { model_id: null }, { Prefer: "respond-async" });
    const runId = run.run_id;
    const bar = el("progress", { max: "1", value: "0" });
    while (true) {
      run = await call("GET", API + "/runs/" + runId);
      bar.value = run.progress;
      status.replaceChildren(bar, " ", say(run.status), run.message ? " · " + run.message : "");
      if (!["pending", "running"].includes(run.status)) break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    if (run.status === "failed") throw new Error(typeof run.error === "string" ? run.error : run.message);
  };
  extract.addEventListener("click", () => act(extract, error, async () => { await follow("/extract/project-info"); await follow("/extract/risks"); location.hash = "#/projects/" + id + "/facts"; draw(); }));
  review.addEventListener("click", () => act(review, error, async () => { await follow("/review/run"); location.hash = "#/projects/" + id + "/findings"; draw(); }));
  return el("div", null, error, el("div", { class: "row" }, extract, review, status));
}

/** Quotes with their places; each opens the page it stands on. */
function quotes(spans) {
  return (spans || []).map((span) => {
    const open = () => showSource(span);
    const onkeydown = (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(); } };
    return el("blockquote", { role: "button", tabindex: "0", title: say("openSource"), onclick: open, onkeydown }, span.quote, el("cite", null, [span.file, say("page").replace("{n}", span.page)].filter(Boolean).join(" · ")));
  });
}

/** The page on which a quote stands, with the quote marked; its words where there is no page to draw. */
async function showSource(span) {
  const base = shownBase;
  const title = el("h2", null);
  const body = el("div", { class: "sheet" });
  const error = el("p", { class: "error", role: "alert" });
  const dialog = el("dialog", { class: "source", "aria-label": say("openSource") });
  const turn = (by) => el("button", { type: "button", onclick: () => draw(page + by) }, say(by < 0 ? "previous" : "next"));
  const [previous, next] = [turn(-1), turn(1)];
  const bar = el("div", { class: "row" }, title, el("span", { class: "spring" }), previous, next, el("button", { type: "button", class: "primary", onclick: () => dialog.close() }, say("close")));
  let page = span.page;
  let chunk = null;
  const words = () => {
    previous.hidden = next.hidden = true;
    body.replaceChildren(el("p", { class: "soft" }, say("noPicture")), marked(chunk.content, span.quote));
  };
  const draw = async (wanted) => {
    error.textContent = "";
    if (!DRAWN.test(span.file)) return words();
    const response = await fetch(base + "/assets/" + chunk.asset_id + "/pages/" + wanted + "/image?dpi=120", { headers: { Authorization: "Bearer " + token } });
    // Past the last page nothing changes; a page that cannot be drawn is shown by its words.
    if (!response.ok) { if (wanted === span.page) words(); return; }
    const picture = await createImageBitmap(await response.blob());
    page = wanted;
    title.textContent = span.file + " · " + say("page").replace("{n}", page);
    previous.disabled = page <= 1;
    const canvas = el("canvas", { width: picture.width, height: picture.height, role: "img", "aria-label": page === span.page ? span.quote : title.textContent });
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    context.globalCompositeOperation = "multiply";
    context.fillStyle = "#ffe27a";
    const boxes = (span.boxes || []).filter((box) => box.page === page);
    for (const box of boxes) context.fillRect(box.x0 * canvas.width - 2, box.y0 * canvas.height - 2, (box.x1 - box.x0) * canvas.width + 4, (box.y1 - box.y0) * canvas.height + 4);
    canvas.dataset.boxes = boxes.length;
    body.replaceChildren(canvas);
    if (boxes.length) body.scrollTop = Math.max(0, boxes[0].y0 * canvas.clientHeight - body.clientHeight / 3);
  };
  title.textContent = span.file + " · " + say("page").replace("{n}", page);
  dialog.append(bar, error, body);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  try {
    [chunk] = await call("POST", API + "/chunks/lookup", { chunk_ids: [span.chunk_id || span.segment_id] });
    await draw(page);
  } catch (problem) { error.textContent = problem.message; }
}

/** A text with the words of a quote marked in it. */
function marked(text, quote) {
  const at = text.indexOf(quote);
  if (at < 0) return el("pre", null, text);
  return el("pre", null, text.slice(0, at), el("mark", null, quote), text.slice(at + quote.length));
}

function side(title, text, spans) {
  const repeated = (spans || []).some((span) => span.quote === text);
  return el("div", null, el("h4", null, title), text && !repeated ? el("p", null, text) : null, quotes(spans));
}

async function findingsView(base) {
  const items = await call("GET", base + "/review");
  if (!items.length) return [el("p", { class: "soft" }, say("nothing"))];
  const bidders = [...new Set(items.map((item) => item.bidder_name))];
  const count = (name, result) => items.filter((item) => item.bidder_name === name && item.result === result).length;
  const cards = el("div", { class: "grid" }, bidders.map((name) => el("div", { class: "panel" }, el("h3", null, name), ["fail", "risk", "pass"].map((result) => badge(result, say(result) + " " + count(name, result))))));
  const decided = items.filter((item) => item.decision && item.decision.state === "current").length;
  const progress = el("p", { class: "soft", id: "decided" }, say("decided").replace("{n}", decided).replace("{m}", items.length));
  const list = el("div", { id: "list" });
  const bidder = el("select", { "aria-label": say("bidder") }, el("option", { value: "" }, say("allBidders")), bidders.map((name) => el("option", { value: name }, name)));
  const words = el("input", { type: "search", placeholder: say("search"), "aria-label": say("search") });
  const boxes = ["fail", "risk", "pass"].map((result) => el("input", { type: "checkbox", value: result, checked: result !== "pass" }));
  const rigid = el("input", { type: "checkbox" });
  const order = { fail: 0, risk: 1, pass: 2 };
  const update = () => {
    const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
    const shown = items
      .filter((item) => wanted.includes(item.result) && (!bidder.value || item.bidder_name === bidder.value) && (!rigid.checked || item.rigid))
      .filter((item) => !words.value || JSON.stringify(item).toLowerCase().includes(words.value.toLowerCase()))
      .sort((a, b) => order[a.result] - order[b.result] || Number(b.rigid) - Number(a.rigid));
    list.replaceChildren(...(shown.length ? shown.map(finding) : [el("p", { class: "soft" }, say("nothing"))]));
  };
  const filters = el("div", { class: "panel row" }, bidder, boxes.map((box) => el("label", { class: "row" }, box, badge(box.value))), el("label", { class: "row" }, rigid, say("rigidOnly")), words);
  filters.addEventListener("input", update);
  update();
  return [cards, filters, progress, list];
}

function finding(item) {
  return el("article", { class: "panel finding " + item.result },
    el("h3", null, badge(item.result), item.rigid ? badge("rigid") : null, item.remark || item.requirement_text),
    el("p", { class: "soft" }, [item.bidder_name, item.dimension, item.rule_id].filter(Boolean).join(" · ")),
    el("div", { class: "sides" }, side(say("demands"), item.requirement_text, item.tender_evidence_spans), side(say("says"), item.response_text, item.bid_evidence_spans)),
    decisionRow(item));
}

/** What a person decided about a finding, or the buttons to decide. */
function decisionRow(item) {
  const base = shownBase + "/review/" + item.id + "/decision";
  const row = el("div", { class: "row decision" });
  const error = el("p", { class: "error", role: "alert" });
  const fill = () => {
    const made = item.decision;
    if (made) {
      const undo = el("button", { type: "button" }, say("undo"));
      undo.addEventListener("click", () => act(undo, error, async () => { await call("DELETE", base); delete item.decision; fill(); }));
      const words = [made.state === "current" ? "" : say("earlier"), made.reason, made.decided_by, time(made.decided_at)].filter(Boolean).join(" · ");
      row.replaceChildren(badge(made.decision === "rejected" ? "fail" : "pass", say(made.decision)), el("span", { class: "soft" }, words), undo, error);
      return;
    }
    const decide = async (body) => { item.decision = await call("PUT", base, { ...body, version: item.version }); fill(); };
    const accept = el("button", { type: "button" }, say("accept"));
    accept.addEventListener("click", () => act(accept, error, () => decide({ decision: "accepted" })));
    const reason = el("input", { type: "text", placeholder: say("reason"), "aria-label": say("reason"), required: true });
    const reject = el("button", { type: "submit" }, say("reject"));
    const form = el("form", { class: "row" }, reason, reject);
    form.addEventListener("submit", (event) => { event.preventDefault(); act(reject, error, () => decide({ decision: "rejected", reason: reason.value })); });
    row.replaceChildren(accept, form, error);
  };
  fill();
  return row;
}

function valueText(field) {
  if (field.status !== "found") return say(field.status);
  const one = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "boolean") return say(value ? "yes" : "no");
    if (Array.isArray(value)) return value.map(one).join("；");
    if (typeof value === "object") return value.text || (value.percent !== undefined ? value.percent + "%" : value.amount.toLocaleString() + " " + value.currency);
    return choice(String(value)).replace(/^(\d{4}-\d\d-\d\d)T/, "$1 ");
  };
  const lots = Object.entries(field.lots || {}).map(([lot, value]) => lot + ": " + one(value)).join("；");
  return [one(field.value), lots].filter(Boolean).join("；");
}

async function factsView(base) {
  const info = await call("GET", base + "/project-info");
  if (!info) return [el("p", { class: "soft" }, say("nothing"))];
  const fields = Object.entries(info.data_json.fields || {});
  const order = Object.keys(FIELDS);
  const rank = (key) => (order.indexOf(key) + 1) || order.length + 1;
  fields.sort((a, b) => rank(a[0]) - rank(b[0]));
  const rows = fields.filter(([, field]) => field.status !== "not_found").map(([key, field]) => el("tr", null, el("th", null, fieldName(key)), el("td", null, valueText(field)), el("td", null, quotes((field.evidence || []).slice(0, 2)))));
  const missing = fields.filter(([, field]) => field.status === "not_found").map(([key]) => fieldName(key));
  return [el("div", { class: "panel" }, el("table", { class: "facts" }, el("tbody", null, rows))), missing.length ? el("p", { class: "soft" }, say("missing"), missing.join("、")) : null].filter(Boolean);
}

async function risksView(base) {
  const risks = await call("GET", base + "/risks");
  const order = { critical: 0, high: 1, medium: 2, low: 3 };
  risks.sort((a, b) => (a.risk_type === b.risk_type ? order[a.severity] - order[b.severity] : a.risk_type === "mustReject" ? -1 : 1));
  if (!risks.length) return [el("p", { class: "soft" }, say("nothing"))];
  return risks.map((risk) => el("article", { class: "panel" }, el("h3", null, badge(risk.severity), badge("", say(risk.risk_type)), risk.title), el("p", null, risk.description), el("p", null, el("b", null, say("suggestion")), risk.suggestion), quotes(risk.evidence_spans)));
}

async function requirementsView(base) {
  const requirements = await call("GET", base + "/requirements");
  if (!requirements.length) return [el("p", { class: "soft" }, say("nothing"))];
  const error = el("p", { class: "error", role: "alert" });
  const actions = (one) => {
    const path = base + "/requirements/" + one.id;
    const button = (word, work) => {
      const node = el("button", { type: "button" }, say(word));
      node.addEventListener("click", () => act(node, error, async () => { await work(); draw(); }));
      return node;
    };
    if (one.edit) return [badge(one.edit.state === "dropped" ? "fail" : "pass", say(one.edit.state)), button("undo", () => call("DELETE", path))];
    return [button("confirm", () => call("PUT", path, { state: "confirmed" })), button("drop", () => call("PUT", path, { state: "dropped" }))];
  };
  const source = (one) => (one.evidence_spans || []).slice(0, 1).map((span) => el("button", { type: "button", class: "link", onclick: () => showSource(span) }, say("page").replace("{n}", span.page)));
  const rows = requirements.map((one) => el("tr", one.edit && one.edit.state === "dropped" ? { class: "dropped" } : null, el("td", { class: "short" }, one.dimension), el("td", null, one.rigid ? badge("rigid") : "", one.mark), el("td", null, one.text), el("td", { class: "short" }, source(one)), el("td", { class: "soft short" }, (TYPES[one.type] || [one.type, one.type])[language]), el("td", { class: "actions" }, actions(one))));
  return [error, el("div", { class: "panel" }, el("table", null, el("tbody", null, rows)))];
}

/** What the tender says in two ways, and what to ask. */
async function clarificationsView(base) {
  const asked = await call("GET", base + "/clarifications");
  const letter = el("button", { type: "button", class: "primary", onclick: () => download(base, "clarifications", language ? "clarification.docx" : "澄清函.docx") }, say("letter"));
  const until = asked.ask_by && asked.ask_by.status === "found" ? el("span", { class: "soft" }, say("askBy"), valueText(asked.ask_by)) : null;
  const top = el("div", { class: "row above" }, letter, until);
  if (!asked.items.length) return [top, el("p", { class: "soft" }, say("noContradictions"))];
  const cards = asked.items.map((one) => el("article", { class: "panel" }, el("h3", null, badge("risk", one.rule_id), one.title),
    quotes(one.values.flatMap((value) => value.evidence)),
    one.prevailing ? el("p", null, say("prevails"), el("b", null, one.prevailing), quotes(one.precedence)) : null,
    el("p", null, el("b", null, say("question")), one.question)));
  return [top, ...cards];
}

async function filesView(base) {
  const assets = await call("GET", base + "/assets");
  const error = el("p", { class: "error", role: "alert" });
  const kind = el("select", { "aria-label": say("files") }, ["tender", "bid", "custom_rule", "attachment"].map((name) => el("option", { value: name }, say(name))));
  const bidder = el("input", { type: "text", placeholder: say("bidder"), "aria-label": say("bidder"), hidden: true });
  kind.addEventListener("change", () => { bidder.hidden = kind.value !== "bid"; });
  const files = el("input", { type: "file", multiple: true, required: true, "aria-label": say("files") });
  const button = el("button", { type: "submit", class: "primary" }, say("upload"));
  const form = el("form", { class: "panel row" }, kind, bidder, files, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(button, error, async () => {
      if (kind.value === "bid" && !bidder.value.trim()) throw new Error(say("needBidder"));
      const data = new FormData();
      data.append("kind", kind.value);
      if (kind.value === "bid") data.append("bidder_name", bidder.value.trim());
      for (const file of files.files) data.append("files", file);
      await call("POST", base + "/assets/import", data);
      draw();
    });
  });
  const rows = assets.map((asset) => el("tr", null, el("td", null, badge("", say(asset.kind))), el("td", null, asset.filename), el("td", null, asset.bidder_name || ""), el("td", null, badge(asset.status)), el("td", { class: "soft" }, Math.ceil(asset.size_bytes / 1024) + " KB")));
  const remove = el("button", { type: "button", class: "danger" }, say("remove"));
  remove.addEventListener("click", () => act(remove, error, async () => {
    if (!confirm(say("confirmDelete"))) return;
    const plan = await call("GET", base + "/delete-plan");
    await call("DELETE", base, { confirm_token: plan.confirm_token });
    location.hash = "#/";
  }));
  return [error, form, rows.length ? el("div", { class: "panel" }, el("table", null, el("tbody", null, rows))) : el("p", { class: "soft" }, say("nothing")), remove];
}

async function runsView(base) {
  const runs = await call("GET", base + "/runs");
  if (!runs.length) return [el("p", { class: "soft" }, say("nothing"))];
  const rows = runs.map((run) => el("tr", null, el("td", null, run.kind), el("td", null, badge(run.status)), el("td", null, Math.round(run.progress * 100) + "%"), el("td", null, run.message || ""), el("td", { class: "soft" }, time(run.created_at)),
    el("td", null, ["pending", "running"].includes(run.status) ? el("button", { type: "button", onclick: async () => { await call("POST", API + "/runs/" + run.id + "/cancel"); draw(); } }, say("cancel")) : "")));
  return [el("div", { class: "panel" }, el("table", null, el("tbody", null, rows)))];
}

document.getElementById("language").addEventListener("click", () => {
  language = 1 - language;
  localStorage.setItem("bidlens.language", language ? "en" : "zh");
  draw();
});
document.getElementById("logout").addEventListener("click", async () => {
  try { await call("POST", "/api/auth/logout"); } catch { /* signed out here all the same */ }
  signOut();
});
window.addEventListener("hashchange", draw);
draw();
