import { type App, Stack } from 'aws-cdk-lib'
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { CertificateRotator } from '../certificate-rotator.ts'

export interface OwnStackOptions {
  /** The directory that `bundleHandlers` of `@rotator/infra/bundle` filled. */
  bundles: string
  /** The directory of the code of your functions, with `issuer.mjs` and `check.mjs`. */
  ownCode: string
}

/** The rotator in a stack of your own: with your authority, your check, and a mail to whoever is on duty. */
export class OwnStack extends Stack {
  constructor(app: App, id: string, { bundles, ownCode }: OwnStackOptions) {
    super(app, id)
    const own = (name: string) =>
      new LambdaFunction(this, name, {
        runtime: Runtime.NODEJS_24_X,
        architecture: Architecture.ARM_64,
        code: Code.fromAsset(ownCode),
        handler: `${name}.handler`,
      })
    const rotator = new CertificateRotator(this, 'CertificateRotator', {
      bundles,
      issuer: own('issuer'),
      check: own('check'),
      settings: { retireHoldSeconds: 7 * 86_400, sweepEveryMinutes: 30 },
    })
    rotator.notificationTopic.addSubscription(new EmailSubscription('on-duty@example.com'))
  }
}
