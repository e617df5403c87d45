// What a page shows while there is nothing to show yet.
import { type UseQueryResult } from "@tanstack/react-query";
import { Alert, Button, Empty, Skeleton } from "antd";
import type { ReactNode } from "react";

import { useWords } from "../words";

export function Nothing({ children }: { children?: ReactNode }) {
  const { t } = useWords();
  return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={children ?? t("nothing")} />;
}

/** The answer of a query, or what stands in its place. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const { t } = useWords();
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Alert type="error" role="alert" title={query.error.message} action={<Button size="small" onClick={() => query.refetch()}>{t("reload")}</Button>} />;
  return <Skeleton active aria-label={t("loading")} />;
}
