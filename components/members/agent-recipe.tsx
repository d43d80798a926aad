"use client";

import { sourcesHref } from "@/components/settings/settings-pages";
import { agentCommand } from "@/components/settings/sources/token-snippets";
import { LinkButton } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { Panel } from "@/components/ui/panel";
import { toSentence } from "@/components/ui/sentence";

/** How to have connections counted, where no agent reports. */
export function AgentRecipe({ cluster, reason }: { cluster: string; reason: string | null }) {
  return (
    <Panel
      title="Connections by client"
      actions={
        <LinkButton small href={sourcesHref(cluster, "tokens")}>
          Create a token
        </LinkButton>
      }
    >
      <p className="settings-text">{toSentence(reason ?? "No agent reported in this time")}</p>
      <p className="muted settings-text">
        etcd does not tell who is connected to it. A small agent beside each member does: it reads the table of
        connections of the member's host or network namespace (<code>/proc/net/tcp</code>), looks at nothing else, and
        reports the addresses every few seconds. Run it on every member, under the member's own name:
      </p>
      <CodeBlock
        label="Agent command"
        text={agentCommand({ cluster, origin: "https://etcdscope.example.com", token: "TOKEN" })}
      />
    </Panel>
  );
}
