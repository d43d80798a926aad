"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";

const RECIPE = `etcdctl role add etcdscope
etcdctl role grant-permission etcdscope --prefix=true read ''
etcdctl user add etcdscope
etcdctl user grant-role etcdscope etcdscope`;

/** The etcd role that may read every key and nothing more. */
export function RoleRecipe() {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(RECIPE);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <Panel
      title="A role that can only read"
      actions={
        <Button small onClick={copy}>
          {isCopied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
          {isCopied ? "Copied" : "Copy"}
        </Button>
      }
    >
      <p className="muted settings-text">
        Where etcd has authentication on, give etcdscope a user of its own. The second line lets it read every key,
        which it needs to count them; nothing lets it write. <code>user add</code> asks for the password.
      </p>
      <pre>{RECIPE}</pre>
      <p className="muted settings-text">
        With client certificates instead of passwords, the certificate's common name is the user: name it{" "}
        <code>etcdscope</code> and grant the role in the same way. Without authentication in etcd none of this is
        needed.
      </p>
    </Panel>
  );
}
