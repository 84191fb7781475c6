// Foresignal in one resource group: identity, storage, Key Vault, logs, and a function app on Flex Consumption.
// Nothing here has a key or a password.
targetScope = 'subscription'

@description('Name of the azd environment; part of the resource group\'s name and, hashed, of every resource\'s name.')
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

@description('Keeps deleted secrets, and the vault, from being purged for 90 days. It can never be turned off again.')
param purgeProtection bool = false

@description('Whether each use of a secret is written to Log Analytics. Off where a setting of yours sends it there already.')
param vaultAudit bool = true

@description('Resource id of a subnet for the app. Then storage and vault take calls from there and allowedAddresses only.')
param subnetId string = ''

@description('With subnetId: public IPv4 addresses of people and pipelines, or ranges up to /30 as storage takes them.')
param allowedAddresses string[] = []

@description('Private hosts that a policy may name: names, addresses and networks, parted by commas. Empty: none.')
param privateHosts string = ''

@description('Python of the app. infra/package.py builds the dependencies for the same version.')
@allowed(['3.11', '3.12', '3.13'])
param pythonVersion string = '3.13'

@description('Memory of one instance in MB; processor grows with it (2048 is one core).')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Upper limit of instances: a brake on cost.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('HTTP requests that one instance handles at a time; the functions are async, so more than one.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 8

@description('Client id of the app registration that people sign in with. Empty: the pages stay closed.')
param signInClientId string = ''

@allowed(['warn', 'required'])
@description('required: a secret goes only to hosts that its tag foresignal-hosts names. warn: one without the tag goes where the policy says, with a warning.')
param hostBinding string = 'warn'

var tags = { 'azd-env-name': environmentName }
var nameGiven = empty(deploymentName) ? environmentName : deploymentName
// The rule of shared/core/names.py: ticket systems do not tell capitals from small letters, and split at blanks and ;
var lettersAndDigits = 'abcdefghijklmnopqrstuvwxyz0123456789'
var strange = filter(range(0, length(nameGiven)), at => !contains('${lettersAndDigits}-', substring(nameGiven, at, 1)))
var endsWell = !startsWith(nameGiven, '-') && !endsWith(nameGiven, '-')
// rg-Prod and rg-prod are one resource group to Azure, so the environment's name is to have no capitals either.
var nameIsGood = empty(strange) && endsWell && environmentName == toLower(environmentName)
var deployment = nameInUse || nameIsGood
  ? nameGiven
  : fail('A new deployment is called by lower-case letters, digits and -, with a letter or digit at both ends, and its azd environment has no capitals. Choose another name: azd env new NAME, or azd env set FORESIGNAL_DEPLOYMENT NAME. If this deployment exists already: azd env refresh, or azd env set FORESIGNAL_NAME_IN_USE true.')
var resourceToken = toLower(uniqueString(subscription().id, environmentName, location))

// Built-in roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roleIds = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  keyVaultSecretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: union(tags, { 'foresignal-deployment': deployment }) // so a name that is refused is so before anything is made
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-${resourceToken}'
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'st${resourceToken}'
    location: location
    tags: tags
    subnetId: subnetId
    allowedAddresses: allowedAddresses
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'kv-${resourceToken}'
    location: location
    tags: tags
    purgeProtection: purgeProtection
    auditWorkspaceId: vaultAudit ? monitoring.outputs.workspaceId : ''
    subnetId: subnetId
    allowedAddresses: allowedAddresses
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: 'log-${resourceToken}'
    insightsName: 'appi-${resourceToken}'
    location: location
    tags: tags
  }
}

module appRoles 'modules/roles.bicep' = {
  name: 'roles-of-the-app'
  scope: group
  params: {
    principalId: identity.outputs.principalId
    principalType: 'ServicePrincipal'
    storageAccountName: storage.outputs.name
    // Owner of blobs is what the Functions host is documented to need for its own storage, in containers that it makes
    // itself; Flex Consumption stores the package as this identity; the rest is our code's.
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
  scope: group
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
  scope: group
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

module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
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
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    signInClientId: signInClientId
    subnetId: subnetId
    privateHosts: privateHosts
    hostBinding: hostBinding
  }
  dependsOn: [appRoles] // the host reads its storage as soon as it starts
}

// azd keeps these in its environment; docs/deploying.md uses them.
output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = subscription().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output FORESIGNAL_APP_NAME string = app.outputs.name
output FORESIGNAL_DEPLOYMENT string = deployment
output FORESIGNAL_PUBLIC_URL string = app.outputs.publicUrl
output FORESIGNAL_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId
output FORESIGNAL_KEY_VAULT_NAME string = vault.outputs.name
output FORESIGNAL_KEY_VAULT_URL string = vault.outputs.url
output FORESIGNAL_BLOB_URL string = storage.outputs.blobUrl
output FORESIGNAL_QUEUE_URL string = storage.outputs.queueUrl
output FORESIGNAL_TABLE_URL string = storage.outputs.tableUrl
