using 'group.bicep'

// azd sets the AZURE_ names; the FORESIGNAL_ ones are yours: azd env set FORESIGNAL_SIZE large

// The azd environment's name, which azd sets. Resources are named after it: another name makes another deployment.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')

// The region, which azd asks for: az functionapp list-flexconsumption-locations. It never changes afterwards.
param location = readEnvironmentVariable('AZURE_LOCATION')

// The name in the keys of tickets, if not the environment's. Never change it once there are tickets.
param deploymentName = readEnvironmentVariable('FORESIGNAL_DEPLOYMENT', '')

// true: this deployment exists, so its name is kept as it is. azd keeps FORESIGNAL_APP_NAME, an output, once one exists.
param nameInUse = bool(readEnvironmentVariable('FORESIGNAL_NAME_IN_USE', 'false')) || !empty(readEnvironmentVariable('FORESIGNAL_APP_NAME', ''))

// small: one tenant. large: pages always ready, logs for 90 days. managed-service-provider: many tenants.
param size = readEnvironmentVariable('FORESIGNAL_SIZE', 'small')

// Who runs `foresignal` and writes secrets. azd sets whoever is signed in.
param principalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')

// User, Group or ServicePrincipal.
param principalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')

// Object id of a pipeline that only pushes policies. Empty: nobody.
param policyPrincipalId = readEnvironmentVariable('FORESIGNAL_POLICY_PRINCIPAL_ID', '')

// User, Group or ServicePrincipal.
param policyPrincipalType = readEnvironmentVariable('FORESIGNAL_POLICY_PRINCIPAL_TYPE', 'ServicePrincipal')

// Who gets a mail when nothing was fetched, something is parked, fails or is down. Separated by commas, without blanks.
param alertAddresses = filter(split(readEnvironmentVariable('FORESIGNAL_ALERT_ADDRESSES', ''), ','), each => !empty(each))

// A workbook with the figures, in the portal. It costs nothing.
param workbook = bool(readEnvironmentVariable('FORESIGNAL_WORKBOOK', 'true'))

// true: deleted secrets cannot be purged for 90 days. It can never be taken back.
param purgeProtection = bool(readEnvironmentVariable('FORESIGNAL_PURGE_PROTECTION', 'false'))

// Who read or changed which secret goes to Log Analytics.
param vaultAudit = bool(readEnvironmentVariable('FORESIGNAL_VAULT_AUDIT', 'true'))

// Copies of the data: Standard_LRS is the cheapest; Standard_ZRS outlives a data centre, Standard_GRS a region.
param storageSku = readEnvironmentVariable('FORESIGNAL_STORAGE_SKU', 'Standard_LRS')

// true: a virtual network with private endpoints, which cost by the hour. Storage and vault then refuse other networks.
param privateNetwork = bool(readEnvironmentVariable('FORESIGNAL_PRIVATE_NETWORK', 'false'))

// Addresses of that network, where yours are to be joined with it.
param networkAddresses = readEnvironmentVariable('FORESIGNAL_NETWORK_ADDRESSES', '10.113.0.0/24')

// Or a subnet of your own for the app, delegated to Microsoft.App/environments, with service endpoints.
param subnetId = readEnvironmentVariable('FORESIGNAL_SUBNET_ID', '')

// With either network: public addresses that may reach storage and vault too. Separated by commas, without blanks.
param allowedAddresses = filter(split(readEnvironmentVariable('FORESIGNAL_ALLOWED_ADDRESSES', ''), ','), each => !empty(each))

// Private hosts that a policy may name, such as a ticket system in your network.
param privateHosts = readEnvironmentVariable('FORESIGNAL_PRIVATE_HOSTS', '')

// 3.11, 3.12 or 3.13; the package is built for the same.
param pythonVersion = readEnvironmentVariable('FORESIGNAL_PYTHON_VERSION', '3.13')

// 512, 2048 or 4096 MB an instance; 0: as the size says.
param instanceMemoryMB = int(readEnvironmentVariable('FORESIGNAL_INSTANCE_MEMORY_MB', '0'))

// The most instances at a time; 0: as the size says.
param maximumInstanceCount = int(readEnvironmentVariable('FORESIGNAL_MAXIMUM_INSTANCES', '0'))

// Instances for pages that always run and are always billed; -1: as the size says.
param alwaysReadyInstances = int(readEnvironmentVariable('FORESIGNAL_ALWAYS_READY', '-1'))

// Requests that one instance handles at a time; 0: as the size says.
param httpConcurrency = int(readEnvironmentVariable('FORESIGNAL_HTTP_CONCURRENCY', '0'))

// Seconds after which the host looks into a queue that was empty, at most: 5 to 600.
param queueInterval = int(readEnvironmentVariable('FORESIGNAL_QUEUE_INTERVAL', '30'))

// Days that logs are kept, 30 to 730; 0: as the size says.
param retentionDays = int(readEnvironmentVariable('FORESIGNAL_RETENTION_DAYS', '0'))

// The app registration that people sign in with. Empty: pages stay closed.
param signInClientId = readEnvironmentVariable('FORESIGNAL_SIGN_IN_CLIENT_ID', '')

// required: a secret goes only where its tag says. azd sets that for a new deployment.
param hostBinding = readEnvironmentVariable('FORESIGNAL_SECRET_HOSTS', 'warn')

// Resource id of an Azure OpenAI account of yours, for a second reader. Empty: none.
param readerAccountId = readEnvironmentVariable('FORESIGNAL_READER_ACCOUNT', '')
