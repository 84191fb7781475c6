// All state: queues, tables and blobs in one account that takes no keys. The names are those that the code uses.
param name string
param location string
param tags object
param sku string
param privateOnly bool
param subnetId string
param allowedAddresses string[]

// The Functions host moves a message that keeps failing to <queue>-poison.
var queues = [
  'fetches'
  'posts'
  'changes'
  'tickets'
  'cards'
  'tasks'
  'readings'
  'fetches-poison'
  'posts-poison'
  'changes-poison'
  'tickets-poison'
  'cards-poison'
  'tasks-poison'
  'readings-poison'
]

var tables = [
  'changes'
  'tenants'
  'tasks'
  'open'
  'closings'
  'parked'
  'register'
  'dryruns'
  'webhooks'
  'numbers'
  'deliveries'
  'audit'
  'runs'
  'people'
  'touched'
  'opens'
  'feeds'
]

// config: the policy. lists: one line a change, rebuilt from the tables. oversize: posts too large for a queue message. reports: as they were sent. deployments: the app's package.
var containers = [
  'config'
  'lists'
  'oversize'
  'reports'
  'deployments'
]

var closed = {
  defaultAction: 'Deny'
  bypass: 'AzureServices'
  virtualNetworkRules: empty(subnetId) ? [] : [{ id: subnetId, action: 'Allow' }]
  ipRules: map(allowedAddresses, address => { value: address, action: 'Allow' })
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku }
  kind: 'StorageV2'
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    networkAcls: privateOnly || !empty(subnetId) ? closed : null // rules that somebody set stay
    publicNetworkAccess: !privateOnly ? null : empty(allowedAddresses) ? 'Disabled' : 'Enabled'
    supportsHttpsTrafficOnly: true
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for container in containers: {
    parent: blobService
    name: container
    properties: { publicAccess: 'None' }
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource storageQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [
  for queue in queues: {
    parent: queueService
    name: queue
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource storageTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [
  for table in tables: {
    parent: tableService
    name: table
  }
]

output name string = account.name
output deploymentContainerName string = 'deployments'
output blobUrl string = account.properties.primaryEndpoints.blob
output queueUrl string = account.properties.primaryEndpoints.queue
output tableUrl string = account.properties.primaryEndpoints.table
