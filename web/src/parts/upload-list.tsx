// Files about to be sent: what each seems to be, corrected by people, with progress one by one.
import { CloudUploadOutlined, DeleteOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { AutoComplete, Button, Progress, Select } from "antd";
import { useEffect, useRef, useState } from "react";

import { forget } from "../api/queries";
import { guess } from "../api/guess";
import { onHandedOver, takeOver } from "../api/handed";
import type { Asset, AssetKind } from "../api/types";
import { digest, send } from "../api/upload";
import { useWords } from "../words";
import { Rows } from "./rows";
import { bytes } from "./value";

interface Item { id: number; file: File; kind: AssetKind; bidder: string; sha256?: string; state: "waiting" | "sending" | "sent" | "already" | "twice" | "refused"; share: number; error: string }

const AT_ONCE = 3;
let nextId = 0;

/** Whether the same bytes stand in the list already, about to be sent. */
const isListed = (items: Item[], id: number, sha256: string) => items.some((item) => item.id < id && item.sha256 === sha256 && item.state !== "twice");

export function UploadList({ project, assets }: { project: string; assets: Asset[] }) {
  const { t, label } = useWords();
  const client = useQueryClient();
  const [items, setItems] = useState<Item[]>([]);
  const [busy, setBusy] = useState(false);
  const here = useRef(assets);
  here.current = assets;
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const change = (id: number, part: Partial<Item>) => setItems((old) => old.map((item) => item.id === id ? { ...item, ...part } : item));

  const add = async (added: File[]) => {
    const fresh = added.filter((file) => !file.name.startsWith(".")).map((file): Item => ({ id: nextId++, file, ...guess(file.webkitRelativePath || file.name), state: "waiting", share: 0, error: "" }));
    setItems((old) => [...old, ...fresh]);
    for (const item of fresh) {
      const sha256 = await digest(item.file);
      if (!sha256) continue;
      if (here.current.some((asset) => asset.sha256 === sha256)) change(item.id, { state: "already", sha256 });
      else setItems((old) => old.map((one) => one.id !== item.id ? one : { ...one, sha256, state: isListed(old, item.id, sha256) ? "twice" : one.state }));
    }
  };
  const latest = useRef(add);
  latest.current = add;

  useEffect(() => {
    const take = () => { const waiting = takeOver(project); if (waiting.length) void latest.current(waiting); };
    take();
    return onHandedOver(take);
  }, [project]);

  const upload = async () => {
    const unnamed = items.filter((item) => item.state === "waiting" && item.kind === "bid" && !item.bidder.trim());
    for (const item of unnamed) change(item.id, { error: t("needBidder") });
    if (unnamed.length) return;
    setBusy(true);
    const queue = items.filter((item) => item.state === "waiting" || item.state === "refused");
    // Where the page may not reckon digests, the answer tells that a file was here before.
    const known = new Set(here.current.map((asset) => asset.id));
    const work = async () => {
      for (let item = queue.shift(); item; item = queue.shift()) {
        const { id } = item;
        change(id, { state: "sending", error: "", share: 0 });
        try {
          const became = await send(project, item, (share) => change(id, { share }));
          change(id, { state: became.length && became.every((asset) => known.has(asset.id)) ? "already" : "sent", share: 1 });
          for (const asset of became) known.add(asset.id);
        } catch (error) { change(id, { state: "refused", error: (error as Error).message || t("offline") }); }
        forget(client, project);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    setBusy(false);
    setItems((old) => old.filter((item) => item.state !== "sent"));
  };

  const bidders = [...new Set([...assets.map((asset) => asset.bidder_name), ...items.map((item) => item.bidder)].filter((name): name is string => Boolean(name)))];
  const waiting = items.filter((item) => item.state === "waiting" || item.state === "refused").length;
  return (
    <section className="stack">
      <div className="drop">
        <p><CloudUploadOutlined style={{ fontSize: 28 }} /></p>
        <p>{t("dropFiles")}</p>
        <p className="soft">{t("uploadHint")}</p>
        <div className="row" style={{ justifyContent: "center" }}>
          <Button onClick={() => files.current?.click()}>{t("chooseFiles")}</Button>
          <Button onClick={() => folder.current?.click()}>{t("chooseFolder")}</Button>
        </div>
        <input ref={files} id="files" type="file" multiple hidden aria-label={t("chooseFiles")} onChange={(event) => { void add([...event.target.files ?? []]); event.target.value = ""; }} />
        <input ref={folder} type="file" hidden aria-label={t("chooseFolder")} {...{ webkitdirectory: "" }} onChange={(event) => { void add([...event.target.files ?? []]); event.target.value = ""; }} />
      </div>
      {items.length ? (
        <>
          <Rows<Item> rowKey="id" className="" dataSource={items} scroll={{ x: 760 }} columns={[
            { title: t("name"), dataIndex: "file", render: (file: File) => file.webkitRelativePath || file.name },
            { title: t("size"), width: 90, render: (_, item) => bytes(item.file.size) },
            { title: t("kind"), width: 150, render: (_, item) => <Select size="small" style={{ width: 130 }} aria-label={t("kind")} value={item.kind} disabled={item.state === "sending"} onChange={(kind) => change(item.id, { kind, error: "" })} options={(["tender", "bid", "attachment", "custom_rule"] as const).map((value) => ({ value, label: label("asset", value) }))} /> },
            { title: t("bidder"), width: 250, render: (_, item) => item.kind === "bid" ? <AutoComplete size="small" style={{ width: "100%" }} aria-label={t("bidder")} value={item.bidder} status={item.error && !item.bidder.trim() ? "error" : ""} options={bidders.map((value) => ({ value }))} onChange={(bidder) => change(item.id, { bidder, error: "" })} /> : null },
            { title: t("status"), width: 210, render: (_, item) => item.state === "sending" ? <Progress size="small" percent={Math.round(item.share * 100)} aria-label={item.file.name} /> : item.error ? <span className="badge failed" style={{ whiteSpace: "normal", borderRadius: 6 }}>{item.error}</span> : <span className={`badge ${item.state === "sent" ? "success" : ""}`}>{t(item.state === "refused" ? "failed" : item.state)}</span> },
            { title: t("actions"), width: 60, render: (_, item) => <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t("remove")} disabled={item.state === "sending"} onClick={() => setItems((old) => old.filter((one) => one.id !== item.id))} /> },
          ]} />
          <div className="row"><Button id="upload" type="primary" loading={busy} disabled={!waiting} onClick={upload}>{t("startUpload", { n: waiting })}</Button><Button disabled={busy} onClick={() => setItems([])}>{t("clear")}</Button></div>
        </>
      ) : null}
    </section>
  );
}
