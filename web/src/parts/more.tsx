// What the header has no room for on a phone.
import { UserOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";

import { useMe } from "../api/queries";
import { useWords } from "../words";

export default function More({ account, leave }: { account: () => void; leave: () => void }) {
  const { t } = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const reach: Record<string, () => void> = { operations: () => void navigate({ to: "/operations" }), account, leave };
  const items = [
    { key: "name", type: "group" as const, label: me.data?.username ?? "" },
    ...me.data?.is_admin ? [{ key: "operations", label: t("operations") }] : [],
    { key: "docs", label: <a href="/api/docs" target="_blank" rel="noopener">{t("apiDocs")}</a> },
    { key: "account", label: t("changePassword") },
    { key: "leave", label: t("signOut") },
  ];
  return <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => reach[key]?.() }}><Button id="more" type="text" icon={<UserOutlined />} aria-label={t("account")} /></Dropdown>;
}
