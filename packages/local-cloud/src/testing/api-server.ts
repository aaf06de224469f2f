import { randomUUID } from 'node:crypto'
import { createApi } from '../api/api.ts'
import { listenHttp } from '../api/http-listener.ts'
import type { ActionOperation, RestOperation } from '../api/operation.ts'

/** What SDK clients are made with to reach a service that runs alone. */
export interface ClientSettings {
  endpoint: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
}

/** Serves operations on a free port of 127.0.0.1 until stopped. */
export async function serveOperations(operations: {
  actions?: readonly ActionOperation[]
  operations?: readonly RestOperation[]
}): Promise<{ settings: ClientSettings; stop(): Promise<void> }> {
  const defects: unknown[] = []
  const api = createApi({
    actions: operations.actions ?? [],
    operations: operations.operations ?? [],
    newId: randomUUID,
    onDefect: error => defects.push(error),
  })
  const listener = await listenHttp(api, 0)
  return {
    settings: {
      endpoint: `http://127.0.0.1:${listener.port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIDLOCAL', secretAccessKey: 'secret' },
    },
    async stop() {
      await listener.stop()
      if (defects.length > 0)
        throw new AggregateError(defects, 'An operation failed with an error that is no AwsError')
    },
  }
}
