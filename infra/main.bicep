// Foresignal in a resource group that this makes: what azd runs. What is in the group stands in group.bicep, which those
// without rights at the subscription deploy by itself. The parameters are the same in both; a test compares them.
targetScope = 'subscription'

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

var deployment = deploymentOf(deploymentName, environmentName, nameInUse)

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  // The second, so that a name that is refused is so before anything is made.
  tags: { 'azd-env-name': environmentName, 'foresignal-deployment': deployment }
}

module content 'group.bicep' = {
  name: 'foresignal'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    deploymentName: deploymentName
    nameInUse: nameInUse
    size: size
    principalId: principalId
    principalType: principalType
    policyPrincipalId: policyPrincipalId
    policyPrincipalType: policyPrincipalType
    alertAddresses: alertAddresses
    workbook: workbook
    purgeProtection: purgeProtection
    vaultAudit: vaultAudit
    storageSku: storageSku
    privateNetwork: privateNetwork
    networkAddresses: networkAddresses
    subnetId: subnetId
    allowedAddresses: allowedAddresses
    privateHosts: privateHosts
    pythonVersion: pythonVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    httpConcurrency: httpConcurrency
    retentionDays: retentionDays
    signInClientId: signInClientId
    hostBinding: hostBinding
    queueInterval: queueInterval
    readerAccountId: readerAccountId
  }
}

// azd keeps these in its environment; docs/deploying.md uses them.
output AZURE_LOCATION string = content.outputs.AZURE_LOCATION
output AZURE_TENANT_ID string = content.outputs.AZURE_TENANT_ID
output AZURE_RESOURCE_GROUP string = content.outputs.AZURE_RESOURCE_GROUP
output FORESIGNAL_APP_NAME string = content.outputs.FORESIGNAL_APP_NAME
output FORESIGNAL_DEPLOYMENT string = content.outputs.FORESIGNAL_DEPLOYMENT
output FORESIGNAL_PUBLIC_URL string = content.outputs.FORESIGNAL_PUBLIC_URL
output FORESIGNAL_IDENTITY_PRINCIPAL_ID string = content.outputs.FORESIGNAL_IDENTITY_PRINCIPAL_ID
output FORESIGNAL_IDENTITY_CLIENT_ID string = content.outputs.FORESIGNAL_IDENTITY_CLIENT_ID
output FORESIGNAL_KEY_VAULT_NAME string = content.outputs.FORESIGNAL_KEY_VAULT_NAME
output FORESIGNAL_KEY_VAULT_URL string = content.outputs.FORESIGNAL_KEY_VAULT_URL
output FORESIGNAL_BLOB_URL string = content.outputs.FORESIGNAL_BLOB_URL
output FORESIGNAL_QUEUE_URL string = content.outputs.FORESIGNAL_QUEUE_URL
output FORESIGNAL_TABLE_URL string = content.outputs.FORESIGNAL_TABLE_URL
