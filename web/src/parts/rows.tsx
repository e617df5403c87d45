// Tables of words: rows where there is room for them, and on a phone a card for each with its columns' names.
import { Table, type TableProps } from "antd";
import type { TdHTMLAttributes } from "react";

import { useNarrow } from "./narrow";

export function Rows<T extends object>({ columns = [], scroll, className = "panel", ...rest }: TableProps<T>) {
  const narrow = useNarrow("phone");
  // The empty part of the table stays a table: there is nothing to name in it.
  if (!narrow || !rest.dataSource?.length) return <Table<T> size="small" pagination={false} columns={columns} scroll={narrow ? undefined : scroll} className={className} {...rest} />;
  const named = columns.map((column) => ({ ...column, width: undefined, onCell: () => ({ "data-name": typeof column.title === "string" ? column.title : undefined }) as TdHTMLAttributes<HTMLElement> }));
  return <Table<T> size="small" pagination={false} columns={named} className={`${className} cards`} {...rest} />;
}
