import { IoTClient } from '@aws-sdk/client-iot'
import { briefCalls, type ClientSettings, ownFunctionCalls } from '../aws/clients.ts'
import type { Environment } from '../aws/environment.ts'
import { awsIotIssuer } from './aws-iot-issuer.ts'
import type { Issuer } from './issuer.ts'
import { ownIssuer } from './own-issuer.ts'
import { type PrivateCaPorts, privateCaIssuer } from './private-ca-issuer.ts'
import { readPrivateCaSettings } from './private-ca-settings.ts'

/** The issuer that the stack was deployed with. What another issuer than AWS IoT needs is loaded only where it is the one. */
export async function chooseIssuer(
  environment: Environment,
  iot: IoTClient,
  { now, pause }: Pick<PrivateCaPorts, 'now' | 'pause'>,
  clientSettings: ClientSettings = briefCalls,
  ownSettings: ClientSettings = ownFunctionCalls,
): Promise<Issuer> {
  const ownIssuerArn = environment.optionalText('ISSUER_FUNCTION_ARN')
  if (ownIssuerArn !== undefined) return chooseOwn(ownIssuerArn, iot, ownSettings)
  const settings = readPrivateCaSettings(environment)
  if (settings === undefined) return awsIotIssuer(iot)
  const { privateCaClient } = await import('./private-ca-client.ts')
  const pca = privateCaClient(clientSettings, settings.authorityArn)
  return privateCaIssuer({ pca, iot: new IoTClient(clientSettings), settings, now, pause })
}

async function chooseOwn(functionArn: string, iot: IoTClient, settings: ClientSettings): Promise<Issuer> {
  const { ownFunction } = await import('../aws/own-function.ts')
  return ownIssuer(ownFunction(settings, functionArn), iot)
}
