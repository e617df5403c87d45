// What every page stands on: data, words, looks.
import { StyleProvider } from "@ant-design/cssinjs";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { type ReactNode, useState } from "react";

import { ApiError } from "./api/client";
import { nonce } from "./nonce";
import { themeFor, useDark } from "./theme";
import { useWords } from "./words";

/** Messages leave the header's buttons free. */
const BELOW_THE_HEADER = 60;

/** What the server refused stays refused; only silence is worth another try. */
const worthRetrying = (count: number, error: unknown) => count < 4 && !(error instanceof ApiError && error.status >= 400 && error.status < 500);

export function Providers({ children }: { children: ReactNode }) {
  const { language } = useWords();
  const dark = useDark();
  const [client] = useState(() => new QueryClient({ defaultOptions: { mutations: { networkMode: "always" }, queries: { networkMode: "always", retry: worthRetrying, retryDelay: (n) => Math.min(1000 * 2 ** n, 8000), staleTime: 15_000, refetchOnWindowFocus: true } } }));
  return (
    <QueryClientProvider client={client}>
      <StyleProvider>
        <ConfigProvider csp={{ nonce }} button={{ autoInsertSpace: false }} locale={language === "en" ? enUS : zhCN} theme={themeFor(dark)}>
          <AntApp style={{ height: "100%" }} notification={{ placement: "bottomRight" }} message={{ top: BELOW_THE_HEADER }}>{children}</AntApp>
        </ConfigProvider>
      </StyleProvider>
    </QueryClientProvider>
  );
}
