// The files of a project, and more of them.
import { DeleteOutlined, EditOutlined, EyeOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { App, Button, Form, Input, Modal, Popconfirm, Select, Tooltip } from "antd";
import { useState } from "react";

import { deletePlan, deleteProject, projectQueries, useChangeAsset, useDeleteAsset } from "../api/queries";
import type { Asset } from "../api/types";
import { colon } from "../compute/wording";
import { Failure } from "../parts/failure";
import { Rows } from "../parts/rows";
import { Loaded, Nothing } from "../parts/states";
import { UploadList } from "../parts/upload-list";
import { bytes, clock } from "../parts/value";
import { useWords } from "../words";

export function Files() {
  const { project: id } = useParams({ from: "/projects/$project" });
  const { t, label, language } = useWords();
  const { message } = App.useApp();
  const unread = (asset: Asset) => asset.status !== "ready" && asset.status !== "failed";
  const assets = useQuery({ ...projectQueries.assets(id), refetchInterval: (query) => query.state.data?.some(unread) ? 2000 : false });
  const remove = useDeleteAsset(id);
  return (
    <Loaded query={assets}>
      {(all) => (
        <>
          <UploadList project={id} assets={all} />
          <Rows<Asset> rowKey="id" dataSource={all} scroll={{ x: 760 }} locale={{ emptyText: <Nothing /> }} columns={[
            { title: t("name"), render: (_, asset) => asset.status === "ready" && asset.kind !== "custom_rule" ? <Link to="/projects/$project/documents" params={{ project: id }} search={{ asset: asset.id }}><EyeOutlined /> {asset.filename}</Link> : asset.filename },
            { title: t("kind"), width: 190, render: (_, asset) => <Role project={id} asset={asset} /> },
            { title: t("bidder"), render: (_, asset) => asset.bidder_name },
            { title: t("status"), width: 200, render: (_, asset) => (
              <>
                <span className={`badge ${asset.status === "ready" || asset.status === "failed" ? asset.status : "running"}`}>{label("assetStatus", asset.status)}</span>
                {asset.error ? <Failure of={asset} /> : null}
                {asset.issues.length ? <Tooltip title={asset.issues.slice(0, 12).map((issue, index) => <div key={index}>{issue.page ? `${t("page", { n: issue.page })}: ` : ""}<strong>{label("issue", issue.code ?? "")}</strong> {issue.detail ?? issue.message}</div>)}><span className="badge risk" tabIndex={0}>{t("issues", { n: asset.issues.length })}</span></Tooltip> : null}
              </>
            ) },
            { title: t("size"), width: 90, align: "right", render: (_, asset) => bytes(asset.size_bytes) },
            { title: t("addedAt"), width: 140, render: (_, asset) => clock(asset.created_at, language) },
            { title: t("actions"), width: 70, render: (_, asset) => <Popconfirm title={t("confirmRemove")} okText={t("remove")} cancelText={t("cancel")} onConfirm={() => remove.mutateAsync(asset.id).catch((error: Error) => message.error(error.message))}><Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${t("remove")} ${asset.filename}`} /></Popconfirm> },
          ]} />
          <DeleteProject id={id} />
        </>
      )}
    </Loaded>
  );
}

/** What a file is. Where its words say otherwise, that is said too; either way it can be changed. */
function Role({ project, asset }: { project: string; asset: Asset }) {
  const { t, label } = useWords();
  const { message } = App.useApp();
  const change = useChangeAsset(project);
  const [editing, setEditing] = useState(false);
  const [form] = Form.useForm<{ kind: string; bidder_name?: string }>();
  const kind = Form.useWatch("kind", form);
  const become = async (wanted: { kind: string; bidder_name?: string }) => {
    try { await change.mutateAsync({ asset_id: asset.id, ...wanted }); message.success(t("doAgain")); setEditing(false); }
    catch (error) { message.error((error as Error).message, 6); }
  };
  const { seems } = asset;
  const otherwise = seems !== null && asset.kind !== "attachment" && seems.kind !== asset.kind;
  const what = seems ? label("asset", seems.kind) + (seems.bidder_name ? ` (${seems.bidder_name})` : "") : "";
  const sure = seems !== null && (seems.kind !== "bid" || seems.bidder_name !== null);
  const begin = () => { form.setFieldsValue({ kind: otherwise ? seems.kind : asset.kind, bidder_name: seems?.bidder_name ?? asset.bidder_name ?? "" }); setEditing(true); };
  return (
    <div>
      {label("asset", asset.kind)} {seems?.addendum && asset.kind === "tender" ? <span className="badge">{t("addendum")}</span> : null}
      {asset.kind === "custom_rule" ? null : <Button size="small" type="text" icon={<EditOutlined />} aria-label={`${t("changeKind")} ${asset.filename}`} onClick={begin} />}
      {otherwise ? <div className="badge risk" style={{ whiteSpace: "normal", borderRadius: 6 }}>{t("seemsTo", { what })} <Button size="small" type="link" loading={change.isPending} onClick={() => sure ? become({ kind: seems.kind, bidder_name: seems.bidder_name ?? undefined }) : begin()}>{t("becomeThat", { what: label("asset", seems.kind) })}</Button></div> : null}
      <Modal open={editing} onCancel={() => setEditing(false)} onOk={async () => become(await form.validateFields())} confirmLoading={change.isPending} okText={t("save")} cancelText={t("cancel")} title={`${t("changeKind")}: ${asset.filename}`} forceRender>
        <Form form={form} layout="vertical" requiredMark={false}>
          <Form.Item name="kind" label={t("kind")}><Select options={(["tender", "bid", "attachment"] as const).map((value) => ({ value, label: label("asset", value) }))} /></Form.Item>
          {kind === "bid" ? <Form.Item name="bidder_name" label={t("bidder")} rules={[{ required: true, message: t("needBidder") }]}><Input maxLength={200} /></Form.Item> : null}
        </Form>
      </Modal>
    </div>
  );
}

function DeleteProject({ id }: { id: string }) {
  const { t, label, language } = useWords();
  const { message, modal } = App.useApp();
  const navigate = useNavigate();
  const ask = async () => {
    try {
      const plan = await deletePlan(id);
      modal.confirm({
        title: t("deleteProject"),
        content: <><p>{t("deleteWarning")}</p><ul>{plan.items.map((item) => <li key={item.type}>{item.type === "run" ? t("runs") : label("asset", item.type)}{colon(language)}{item.count}</li>)}</ul></>,
        okText: t("remove"), okButtonProps: { danger: true }, cancelText: t("cancel"),
        onOk: async () => {
          try { await deleteProject(id, plan.confirm_token); await navigate({ to: "/" }); }
          catch (error) { message.error((error as Error).message); }
        },
      });
    } catch (error) { message.error((error as Error).message); }
  };
  return <div><Button danger type="text" className="danger" onClick={ask}>{t("deleteProject")}</Button></div>;
}
