import { Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import { S3_SERVER_ACCESS_LOGS_USE_BUCKET_POLICY } from 'aws-cdk-lib/cx-api'
import { Construct } from 'constructs'
import { pipelineName } from './pipeline-names.ts'

const accessLogs = 'access-logs/'

/** The bucket of what stages hand on to each other, and of the raw results of tests. It outlives the stack. */
export class ArtifactStore extends Construct {
  readonly bucketName: string
  readonly #arn: string

  constructor(scope: Construct, id: string) {
    super(scope, id)
    // Amazon S3 writes access logs by the bucket's policy; without this the construct library uses an access control list.
    this.node.setContext(S3_SERVER_ACCESS_LOGS_USE_BUCKET_POLICY, true)
    const { account, partition, region } = Stack.of(this)
    const bucketName = `${pipelineName.toLowerCase()}-${account}-${region}`
    this.#arn = `arn:${partition}:s3:::${bucketName}`
    const bucket = new Bucket(this, 'Bucket', {
      bucketName,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsPrefix: accessLogs,
      lifecycleRules: [
        { expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    })
    this.bucketName = bucket.bucketName
  }

  /** What a stage may do that takes what an earlier one made. */
  get reading(): PolicyStatement {
    return new PolicyStatement({
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [this.#objects],
    })
  }

  /** What a stage may do that makes something. */
  get writing(): PolicyStatement {
    return new PolicyStatement({ actions: ['s3:PutObject'], resources: [this.#objects] })
  }

  /** What the pipeline may do besides, to say of what it uploads that it belongs to the owner of the bucket. */
  get owning(): PolicyStatement[] {
    return [
      new PolicyStatement({ actions: ['s3:PutObjectAcl'], resources: [this.#objects] }),
      new PolicyStatement({ actions: ['s3:GetBucketAcl'], resources: [this.#arn] }),
    ]
  }

  /** Whoever reads or writes here first asks where the bucket is. */
  get finding(): PolicyStatement {
    return new PolicyStatement({
      actions: ['s3:GetBucketLocation', 's3:GetBucketVersioning'],
      resources: [this.#arn],
    })
  }

  get #objects(): string {
    return `${this.#arn}/*`
  }
}
