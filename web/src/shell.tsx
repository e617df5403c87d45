// The frame of every page: who is signed in, language, looks; the sign-in itself.
import { BulbFilled, BulbOutlined, LogoutOutlined, UserOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { Alert, App, Button, Form, Input, Layout, Modal, Result, Tooltip } from "antd";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";

import { api, body } from "./api/client";
import { changePassword, useMe } from "./api/queries";
import type { User } from "./api/types";
import { DropPlace } from "./parts/drop";
import { useNarrow } from "./parts/narrow";
import { signedIn, signedOut, useSession } from "./session";
import { chooseTheme, useDark } from "./theme";
import { chooseLanguage, useWords } from "./words";

const More = lazy(() => import("./parts/more"));

export function Shell() {
  const { token, expired } = useSession();
  const { t } = useWords();
  if (!token) return <DropPlace><Door /></DropPlace>;
  return (
    <DropPlace>
      <Layout className="shell">
        <a className="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>{t("skip")}</a>
        <Top />
        <Outlet />
        <Modal open={expired} title={t("signIn")} footer={null} closable={false} keyboard={false}><p>{t("signInAgain")}</p><SignIn /></Modal>
      </Layout>
    </DropPlace>
  );
}

/** What is open, in the browser's tab: from the smallest to the largest. */
export function useTitle(...parts: string[]) {
  const title = [...parts.filter(Boolean), "Bidlens"].join(" · ");
  useEffect(() => { document.title = title; }, [title]);
}

function Door() {
  const { t } = useWords();
  useTitle(t("signIn"));
  return (
    <div className="content">
      <div className="row"><span className="spring" /><Looks /></div>
      <main className="panel login">
        <h1 className="brand"><img src="/favicon.svg" alt="" />Bidlens</h1>
        <p className="soft">{t("tagline")}</p>
        <SignIn />
        <p className="soft">{t("firstPassword")}</p>
      </main>
    </div>
  );
}

function Top() {
  const { t } = useWords();
  const narrow = useNarrow("small");
  const [account, setAccount] = useState(false);
  const me = useMe();
  const client = useQueryClient();
  const leave = async () => {
    // Signed out here all the same when the server does not answer.
    await api.POST("/api/auth/logout").catch(() => undefined);
    client.clear();
    signedOut();
  };
  return (
    <Layout.Header className="top">
      <Link to="/" className="brand"><img src="/favicon.svg" alt="" />Bidlens</Link>
      <span id="crumb" className="crumb soft" />
      <span className="spring" />
      {me.data?.is_admin ? <Link to="/operations" className="hide-small">{t("operations")}</Link> : null}
      <a href="/api/docs" target="_blank" rel="noopener" className="hide-small">{t("apiDocs")}</a>
      <Looks />
      <Button id="account" type="text" className="hide-small" icon={<UserOutlined />} onClick={() => setAccount(true)}>{me.data?.username}</Button>
      <Account open={account} close={() => setAccount(false)} />
      {narrow ? <Suspense fallback={null}><More account={() => setAccount(true)} leave={leave} /></Suspense> : null}
      <Tooltip title={t("signOut")}><Button id="logout" type="text" className="hide-small" icon={<LogoutOutlined />} aria-label={t("signOut")} onClick={leave} /></Tooltip>
    </Layout.Header>
  );
}

/** One's own account: the password can be changed here. */
function Account({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ current: string; next: string }>();
  const submit = async () => {
    const { current, next } = await form.validateFields();
    try {
      signedIn((await changePassword(current, next)).access_token);
      message.success(t("passwordChanged"));
      form.resetFields();
      close();
    } catch (error) { message.error((error as Error).message); }
  };
  return (
    <Modal open={open} onCancel={close} onOk={submit} okText={t("save")} cancelText={t("cancel")} title={t("changePassword")}>
      <Form form={form} layout="vertical" requiredMark={false}>
        <Form.Item name="current" label={t("currentPassword")} rules={[{ required: true, message: t("currentPassword") }]}><Input.Password name="current" autoComplete="current-password" /></Form.Item>
        <Form.Item name="next" label={t("newPassword")} rules={[{ required: true, min: 8, message: t("newPassword") }]}><Input.Password name="next" autoComplete="new-password" /></Form.Item>
      </Form>
    </Modal>
  );
}

function Looks() {
  const { t, language } = useWords();
  const dark = useDark();
  const other = t(dark ? "light" : "dark");
  return (
    <>
      <Button id="language" type="text" onClick={() => chooseLanguage(language === "en" ? "zh-CN" : "en")}>{t("language")}</Button>
      <Tooltip title={other}><Button type="text" aria-label={other} icon={dark ? <BulbFilled /> : <BulbOutlined />} onClick={() => chooseTheme(!dark)} /></Tooltip>
    </>
  );
}

function SignIn() {
  const { t } = useWords();
  const client = useQueryClient();
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (credentials: { username: string; password: string }) => {
    setBusy(true);
    setError("");
    try {
      const answer = await body<{ access_token: string; user: User }>(api.POST("/api/auth/login", { body: credentials }));
      signedIn(answer.access_token);
      await client.invalidateQueries();
    } catch (problem) { setError((problem as Error).message); }
    setBusy(false);
  };
  return (
    <Form layout="vertical" onFinish={submit} requiredMark={false}>
      {error ? <Alert type="error" title={error} className="error" role="alert" style={{ marginBottom: 12 }} /> : null}
      <Form.Item name="username" label={t("username")} rules={[{ required: true, message: t("username") }]}><Input name="username" autoComplete="username" autoFocus /></Form.Item>
      <Form.Item name="password" label={t("password")} rules={[{ required: true, message: t("password") }]}><Input.Password name="password" autoComplete="current-password" /></Form.Item>
      <Button type="primary" htmlType="submit" block loading={busy}>{t("signIn")}</Button>
    </Form>
  );
}

/** The main part of a page. */
export function Content({ children }: { children: ReactNode }) {
  return <Layout.Content><main id="main" tabIndex={-1} className="content stack">{children}</main></Layout.Content>;
}

export function NoSuchPage() {
  const { t } = useWords();
  useTitle(t("noSuchPage"));
  return <Content><Result status="404" title={t("noSuchPage")} extra={<Link to="/">{t("back")}</Link>} /></Content>;
}

export function WentWrong({ error }: { error: unknown }) {
  const { t } = useWords();
  return <Content><Result status="warning" title={t("wentWrong")} subTitle={error instanceof Error ? error.message : String(error)} extra={[<Button key="again" onClick={() => location.reload()}>{t("reload")}</Button>, <Link key="back" to="/">{t("back")}</Link>]} /></Content>;
}

