// The ledger of what the tender demands. People confirm, edit, drop and add; reviews go by what they leave.
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Button, Checkbox, Form, Input, Modal, Select, Space } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";

import { type LedgerInput, projectQueries, useAddRequirement, useEditLedger } from "../api/queries";
import type { Requirement } from "../api/types";
import { Badge } from "../parts/badge";
import { Rows } from "../parts/rows";
import { Quotes } from "../parts/source";
import { Loaded, Nothing } from "../parts/states";
import { useWords } from "../words";
import { LABELS } from "../words/labels";

export function Requirements() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label } = useWords();
  const { message } = App.useApp();
  const requirements = useQuery(projectQueries.requirements(id));
  const edit = useEditLedger(id);
  const [words, setWords] = useState("");
  const [dimension, setDimension] = useState("");
  const [type, setType] = useState("");
  const [rigid, setRigid] = useState(false);
  const [state, setState] = useState("");
  const [editing, setEditing] = useState<Requirement | null>(null);
  const [adding, setAdding] = useState(false);
  const change = async (input: LedgerInput) => {
    try { await edit.mutateAsync(input); } catch (error) { message.error((error as Error).message); }
  };
  const all = useSteadyOrder(requirements.data);
  const shown = useMemo(() => {
    const wanted = words.trim().toLowerCase();
    return (all ?? []).filter((one) => (!dimension || one.dimension === dimension) && (!type || one.type === type) && (!rigid || one.rigid) && (!state || (state === "none" ? one.edit === null : one.edit?.state === state)) && (!wanted || `${one.text} ${one.evidence_spans.map((span) => span.quote).join(" ")}`.toLowerCase().includes(wanted)));
  }, [all, words, dimension, type, rigid, state]);
  return (
    <Loaded query={requirements}>
      {(rows) => (
        <>
          <div className="panel row">
            <Select value={dimension} aria-label={t("dimension")} style={{ minWidth: 130 }} onChange={setDimension} options={[{ value: "", label: `${t("dimension")}: ${t("all")}` }, ...[...new Set(rows.map((one) => one.dimension))].map((value) => ({ value, label: label("dimension", value) }))]} />
            <Select value={type} aria-label={t("type")} style={{ minWidth: 130 }} onChange={setType} options={[{ value: "", label: `${t("type")}: ${t("all")}` }, ...[...new Set(rows.map((one) => one.type))].map((value) => ({ value, label: label("requirementType", value) }))]} />
            <Select value={state} aria-label={t("status")} style={{ minWidth: 130 }} onChange={setState} options={[{ value: "", label: `${t("status")}: ${t("all")}` }, { value: "none", label: t("undecidedOnly") }, ...Object.keys(LABELS.ledger).map((value) => ({ value, label: label("ledger", value) }))]} />
            <Checkbox checked={rigid} onChange={(event) => setRigid(event.target.checked)}>{t("rigidOnly")}</Checkbox>
            <Input.Search allowClear placeholder={t("search")} aria-label={t("search")} value={words} onChange={(event) => setWords(event.target.value)} style={{ maxWidth: 260 }} />
            <span className="soft">{t("count", { n: shown.length })}</span>
            <span className="spring" />
            <Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>{t("add")}</Button>
          </div>
          <Rows<Requirement> rowKey="id" dataSource={shown} pagination={{ pageSize: 25, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 900 }} locale={{ emptyText: <Nothing>{rows.length ? undefined : t("notExtracted")}</Nothing> }}
            rowClassName={(one) => one.edit?.state === "dropped" ? "dropped" : ""}
            columns={[
              { title: t("requirement"), width: "36%", render: (_, one) => <>{one.mark ? <strong>{one.mark} </strong> : null}{one.text} {one.rigid ? <span className="badge fail">{t("rigid")}</span> : null}</> },
              { title: t("dimension"), width: 100, render: (_, one) => label("dimension", one.dimension) },
              { title: t("type"), width: 90, render: (_, one) => label("requirementType", one.type) },
              { title: t("source"), render: (_, one) => <Quotes spans={one.evidence_spans} limit={1} /> },
              { title: t("status"), width: 170, render: (_, one) => one.edit
                ? <Space wrap><Badge group="ledger" word={one.edit.state} />{one.edit.note ? <span className="soft">{one.edit.note}</span> : null}<Button size="small" onClick={() => change({ requirement: one, state: null })}>{t("undo")}</Button></Space>
                : <Space wrap size={4}><Button size="small" onClick={() => change({ requirement: one, state: "confirmed" })}>{t("confirm")}</Button><Button size="small" onClick={() => setEditing(one)}>{t("edit")}</Button><Button size="small" onClick={() => change({ requirement: one, state: "dropped" })}>{t("drop")}</Button></Space> },
            ]} />
          <EditRequirement requirement={editing} close={() => setEditing(null)} save={change} />
          <AddRequirement project={id} open={adding} close={() => setAdding(false)} />
        </>
      )}
    </Loaded>
  );
}

/** Dropped rows stand last in the ledger; on the page each stays where it was, so that it can be taken back. */
function useSteadyOrder(rows: Requirement[] | undefined): Requirement[] | undefined {
  const places = useRef(new Map<string, number>());
  return useMemo(() => {
    for (const row of rows ?? []) if (!places.current.has(row.id)) places.current.set(row.id, places.current.size);
    return rows && [...rows].sort((a, b) => places.current.get(a.id)! - places.current.get(b.id)!);
  }, [rows]);
}

function useDimensions() {
  const { label } = useWords();
  return Object.keys(LABELS.dimension).map((value) => ({ value, label: label("dimension", value) }));
}

function EditRequirement({ requirement, close, save }: { requirement: Requirement | null; close: () => void; save: (input: LedgerInput) => Promise<void> }) {
  const { t } = useWords();
  const [form] = Form.useForm<{ text: string; dimension: string; rigid: boolean; note?: string }>();
  const dimensions = useDimensions();
  useEffect(() => { if (requirement) form.setFieldsValue({ text: requirement.text, dimension: requirement.dimension, rigid: requirement.rigid, note: "" }); }, [requirement, form]);
  const submit = async () => { const values = await form.validateFields(); await save({ requirement: requirement!, state: "edited", ...values }); close(); };
  return (
    <Modal open={requirement !== null} onCancel={close} onOk={submit} okText={t("save")} cancelText={t("cancel")} title={t("edit")}>
      <Form form={form} layout="vertical">
        <Form.Item name="text" label={t("reading")} rules={[{ required: true }]}><Input.TextArea rows={4} /></Form.Item>
        <Form.Item name="dimension" label={t("dimension")}><Select options={dimensions} /></Form.Item>
        <Form.Item name="rigid" valuePropName="checked"><Checkbox>{t("rigid")}</Checkbox></Form.Item>
        <Form.Item name="note" label={t("note")}><Input /></Form.Item>
      </Form>
    </Modal>
  );
}

function AddRequirement({ project, open, close }: { project: string; open: boolean; close: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ quote: string; text?: string; dimension: string; rigid?: boolean; note?: string }>();
  const add = useAddRequirement(project);
  const dimensions = useDimensions();
  const submit = async () => {
    const values = await form.validateFields();
    try { await add.mutateAsync({ ...values, text: values.text || undefined }); form.resetFields(); close(); }
    catch (error) { message.error((error as Error).message, 6); }
  };
  return (
    <Modal open={open} onCancel={close} onOk={submit} confirmLoading={add.isPending} okText={t("add")} cancelText={t("cancel")} title={t("add")}>
      <Form form={form} layout="vertical" initialValues={{ dimension: "其他" }}>
        <Form.Item name="quote" label={t("quote")} rules={[{ required: true }]}><Input.TextArea rows={4} /></Form.Item>
        <Form.Item name="text" label={t("reading")}><Input.TextArea rows={3} /></Form.Item>
        <Form.Item name="dimension" label={t("dimension")}><Select options={dimensions} /></Form.Item>
        <Form.Item name="rigid" valuePropName="checked"><Checkbox>{t("rigid")}</Checkbox></Form.Item>
        <Form.Item name="note" label={t("note")}><Input /></Form.Item>
      </Form>
    </Modal>
  );
}
