// Everything of Foresignal: identity, storage, Key Vault, logs, alerts, and a function app on Flex Consumption. Nothing
// here has a key or a password. main.bicep deploys it into a group that it makes; infra/group.py into one that exists.
targetScope = 'resourceGroup'

import { deploymentOf } from 'modules/names.bicep'

@description('Name of the azd environment; hashed, it is part of every resource\'s name.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Azure region; it must offer Flex Consumption.')
@minLength(1)
param location string

@description('Short name for the keys of tickets: never change it once there are some. Empty: environmentName.')
@maxLength(64)
param deploymentName string = ''

@description('Whether a deployment of this name exists already: it keeps its name, whatever the rule for new ones says.')
param nameInUse bool = false

@description('How much it may do at once, and how long logs are kept, where the parameters that say 0 or -1 are left alone.')
@allowed(['small', 'large', 'managed-service-provider'])
param size string = 'small'

@description('Object id of whoever runs the command line against this deployment: policy, parked messages, secrets.')
param principalId string = ''

@description('What principalId is; a pipeline is a ServicePrincipal.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param principalType string = 'User'

@description('Object id of who only pushes policies, such as a pipeline: the container config, and nothing else. Empty: nobody.')
param policyPrincipalId string = ''

@description('What policyPrincipalId is.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param policyPrincipalType string = 'ServicePrincipal'

@description('Mail addresses that alerts go to. Empty: no alerts are made.')
param alertAddresses string[] = []

@description('A workbook with what was fetched, filed, sent and parked.')
param workbook bool = true

@description('Keeps deleted secrets, and the vault, from being purged for 90 days. It can never be turned off again.')
param purgeProtection bool = false

@description('Whether each use of a secret is written to Log Analytics. Off where a setting of yours sends it there already.')
param vaultAudit bool = true

@description('How often storage is copied: LRS within one place, ZRS over zones, GRS over regions.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_RAGRS', 'Standard_GZRS', 'Standard_RAGZRS'])
param storageSku string = 'Standard_LRS'

@description('A virtual network of its own with private endpoints: storage and vault take calls from there and allowedAddresses only.')
param privateNetwork bool = false

@description('With privateNetwork: its addresses, a /24 or larger.')
param networkAddresses string = '10.113.0.0/24'

@description('Resource id of a subnet of yours for the app. Then storage and vault take calls from there and allowedAddresses only.')
param subnetId string = ''

@description('With privateNetwork or subnetId: public IPv4 addresses of people and pipelines, or ranges up to /30 as storage takes them.')
param allowedAddresses string[] = []

@description('Private hosts that a policy may name: names, addresses and networks, parted by commas. Empty: none.')
param privateHosts string = ''

@description('Python of the app. infra/package.py builds the dependencies for the same version.')
@allowed(['3.11', '3.12', '3.13'])
param pythonVersion string = '3.13'

@description('Memory of one instance in MB; processor grows with it (2048 is one core). 0: as the size says.')
@allowed([0, 512, 2048, 4096])
param instanceMemoryMB int = 0

@description('Upper limit of instances: a brake on cost. Each timer and each queue scales alone. 0: as the size says.')
@minValue(0)
@maxValue(1000)
param maximumInstanceCount int = 0

@description('Instances for pages that always run, so that nobody waits for a start; billed all the time. -1: as the size says.')
@minValue(-1)
@maxValue(20)
param alwaysReadyInstances int = -1

@description('HTTP requests that one instance handles at a time; the functions are async, so more than one. 0: as the size says.')
@minValue(0)
@maxValue(1000)
param httpConcurrency int = 0

@description('Seconds after which the host looks into a queue that was empty, at most: longer is fewer calls, and work that waits longer after a pause.')
@minValue(5)
@maxValue(600)
param queueInterval int = 30

@description('Days that logs are kept, 30 to 730. 0: as the size says.')
@minValue(0)
@maxValue(730)
param retentionDays int = 0

@description('Client id of the app registration that people sign in with. Empty: the pages stay closed.')
param signInClientId string = ''

@description('required: a secret goes only to hosts that its tag foresignal-hosts names. warn: one without the tag goes where the policy says, with a warning.')
@allowed(['warn', 'required'])
param hostBinding string = 'warn'

@description('Resource id of an Azure OpenAI account, as a second reader: the app may ask its models. Empty: there is none.')
param readerAccountId string = ''

var tags = { 'azd-env-name': environmentName }
var deployment = deploymentOf(deploymentName, environmentName, nameInUse)
var resourceToken = toLower(uniqueString(subscription().id, environmentName, location))

// What the sizes mean. Each timer and each queue scales alone, so the limit of instances is above their number.
var sizes = {
  small: { instanceMemoryMB: 2048, maximumInstanceCount: 40, alwaysReadyInstances: 0, httpConcurrency: 8, retentionDays: 30 }
  large: { instanceMemoryMB: 2048, maximumInstanceCount: 100, alwaysReadyInstances: 1, httpConcurrency: 16, retentionDays: 90 }
  'managed-service-provider': { instanceMemoryMB: 4096, maximumInstanceCount: 100, alwaysReadyInstances: 1, httpConcurrency: 16, retentionDays: 90 }
}
var chosen = sizes[size]

// One of the two, or neither.
var networkName = 'vnet-${resourceToken}'
var ownSubnetId = resourceId('Microsoft.Network/virtualNetworks/subnets', networkName, 'app')
var appSubnetId = !privateNetwork ? subnetId : empty(subnetId) ? ownSubnetId : fail('privateNetwork makes a network of its own, and subnetId names one of yours: give one of them.')

// Built-in roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roleIds = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  keyVaultSecretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  cognitiveServicesOpenAIUser: '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'
}

// The account of the second reader: /subscriptions/S/resourceGroups/G/providers/Microsoft.CognitiveServices/accounts/A. It
// may be anywhere in this Entra tenant. Without one the scope of its module must be a place all the same.
var ownPlace = ['', 'subscriptions', subscription().subscriptionId, 'resourceGroups', resourceGroup().name, '', '', '', 'none']
var readerPlace = empty(readerAccountId) ? ownPlace : split(readerAccountId, '/')
var readerIsAccount = length(readerPlace) == 9 && (empty(readerAccountId) || contains(toLower(readerAccountId), '/providers/microsoft.cognitiveservices/accounts/'))
var readerAccount = readerIsAccount ? readerPlace : fail('readerAccountId is no resource id of an Azure OpenAI account: az cognitiveservices account show --name NAME --resource-group GROUP --query id')

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: 'id-${resourceToken}'
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${resourceToken}'
    location: location
    tags: tags
    sku: storageSku
    privateOnly: privateNetwork
    subnetId: subnetId
    allowedAddresses: allowedAddresses
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: 'kv-${resourceToken}'
    location: location
    tags: tags
    purgeProtection: purgeProtection
    auditWorkspaceId: vaultAudit ? monitoring.outputs.workspaceId : ''
    privateOnly: privateNetwork
    subnetId: subnetId
    allowedAddresses: allowedAddresses
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    name: networkName
    location: location
    tags: tags
    addresses: networkAddresses
    storageAccountName: storage.outputs.name
    vaultName: vault.outputs.name
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: 'log-${resourceToken}'
    insightsName: 'appi-${resourceToken}'
    location: location
    tags: tags
    retentionDays: retentionDays == 0 ? chosen.retentionDays : retentionDays
  }
}

module alerts 'modules/alerts.bicep' = if (!empty(alertAddresses)) {
  name: 'alerts'
  params: {
    groupName: 'ag-${resourceToken}'
    topicName: 'evgt-${resourceToken}'
    rulePrefix: 'alert-${resourceToken}'
    location: location
    tags: tags
    deploymentName: deployment
    addresses: alertAddresses
    workspaceId: monitoring.outputs.workspaceId
    vaultName: vault.outputs.name
  }
}

module figures 'modules/workbook.bicep' = if (workbook) {
  name: 'workbook'
  params: {
    location: location
    tags: tags
    deploymentName: deployment
    workspaceId: monitoring.outputs.workspaceId
  }
}

module appRoles 'modules/roles.bicep' = {
  name: 'roles-of-the-app'
  params: {
    principalId: identity.outputs.principalId
    principalType: 'ServicePrincipal'
    storageAccountName: storage.outputs.name
    // Owner of blobs on the account is what the Functions host is documented to need (docs/decisions/0027-rights.md): it
    // makes containers itself. Flex Consumption stores the package as this identity; the rest is our code's.
    storageRoleIds: [
      roleIds.storageBlobDataOwner
      roleIds.storageQueueDataContributor
      roleIds.storageTableDataContributor
    ]
    vaultName: vault.outputs.name
    vaultRoleIds: [roleIds.keyVaultSecretsUser]
    insightsName: monitoring.outputs.insightsName
    insightsRoleIds: [roleIds.monitoringMetricsPublisher]
  }
}

module personRoles 'modules/roles.bicep' = if (!empty(principalId)) {
  name: 'roles-of-the-person'
  params: {
    principalId: principalId
    principalType: principalType
    storageAccountName: storage.outputs.name
    storageRoleIds: [
      roleIds.storageQueueDataContributor
      roleIds.storageTableDataContributor
    ]
    // Not the package, and not what the Functions host keeps: who pushes policies cannot replace the code.
    containers: ['config', 'lists', 'oversize', 'reports']
    containerRoleId: roleIds.storageBlobDataContributor
    vaultName: vault.outputs.name
    vaultRoleIds: [roleIds.keyVaultSecretsOfficer]
    insightsName: monitoring.outputs.insightsName
    insightsRoleIds: []
  }
}

module policyRoles 'modules/roles.bicep' = if (!empty(policyPrincipalId)) {
  name: 'roles-for-policies'
  params: {
    principalId: policyPrincipalId
    principalType: policyPrincipalType
    storageAccountName: storage.outputs.name
    storageRoleIds: []
    containers: ['config']
    containerRoleId: roleIds.storageBlobDataContributor
    vaultName: vault.outputs.name
    vaultRoleIds: []
    insightsName: monitoring.outputs.insightsName
    insightsRoleIds: []
  }
}

module readerRole 'modules/reader.bicep' = if (!empty(readerAccountId)) {
  name: 'role-for-the-second-reader'
  scope: resourceGroup(readerAccount[2], readerAccount[4])
  params: {
    accountName: readerAccount[8]
    principalId: identity.outputs.principalId
    roleId: roleIds.cognitiveServicesOpenAIUser
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    planName: 'plan-${resourceToken}'
    name: 'func-${resourceToken}'
    location: location
    tags: tags
    identityName: identity.outputs.name
    storageAccountName: storage.outputs.name
    deploymentContainerName: storage.outputs.deploymentContainerName
    vaultName: vault.outputs.name
    insightsName: monitoring.outputs.insightsName
    deploymentName: deployment
    pythonVersion: pythonVersion
    instanceMemoryMB: instanceMemoryMB == 0 ? chosen.instanceMemoryMB : instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount == 0 ? chosen.maximumInstanceCount : maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances == -1 ? chosen.alwaysReadyInstances : alwaysReadyInstances
    httpConcurrency: httpConcurrency == 0 ? chosen.httpConcurrency : httpConcurrency
    signInClientId: signInClientId
    subnetId: appSubnetId
    privateHosts: privateHosts
    hostBinding: hostBinding
    queueInterval: queueInterval
    reader: !empty(readerAccountId)
  }
  dependsOn: [appRoles, network] // the host reads its storage as soon as it starts
}

// What azd keeps in its environment; docs/deploying.md uses them.
output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = subscription().tenantId
output AZURE_RESOURCE_GROUP string = resourceGroup().name
output FORESIGNAL_APP_NAME string = app.outputs.name
output FORESIGNAL_DEPLOYMENT string = deployment
output FORESIGNAL_PUBLIC_URL string = app.outputs.publicUrl
output FORESIGNAL_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId
output FORESIGNAL_IDENTITY_CLIENT_ID string = identity.outputs.clientId
output FORESIGNAL_KEY_VAULT_NAME string = vault.outputs.name
output FORESIGNAL_KEY_VAULT_URL string = vault.outputs.url
output FORESIGNAL_BLOB_URL string = storage.outputs.blobUrl
output FORESIGNAL_QUEUE_URL string = storage.outputs.queueUrl
output FORESIGNAL_TABLE_URL string = storage.outputs.tableUrl
